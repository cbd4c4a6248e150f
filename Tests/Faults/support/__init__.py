"""What the faults suite is made of: Knell and its targets as processes, endpoints, and the faults themselves."""
