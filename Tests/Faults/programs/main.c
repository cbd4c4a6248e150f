// The faults suite's helper, small programs in one:
//
//   faulty hold                          the first process of a PID namespace: reaps until its input ends
//   faulty target NAME [MS CODE [quiet]]  a process of this name; exits with CODE after MS, else as its input says (a code a line)
//   faulty crowd COUNT NAME              so many sleeping children; all end at once at a line of input
//   faulty storm NAME MS                 children that end at once, for so long and until a line of input; says how many
//   faulty spawner                       children by command: "start NAME", "end NAME"
//   faulty churn CYCLES PID VICTIM OTHER  the pid goes from VICTIM to OTHER and back; says which of them was signalled how often
//   faulty deny CALL=ERRNO[,…] PROGRAM…  runs a program for which these system calls fail, by seccomp(2)
//   faulty leap PROGRAM…                 runs a program whose wall clock leaps by a year at every reading, by ptrace(2)

#include "common.h"

int main(int count, char **arguments) {
    const char *part = count > 1 ? arguments[1] : "";
    count -= 2;
    arguments += 2;
    if (strcmp(part, "hold") == 0) return hold();
    if (strcmp(part, "target") == 0 && count >= 1) return target(count, arguments);
    if (strcmp(part, "crowd") == 0 && count == 2) return crowd(count, arguments);
    if (strcmp(part, "storm") == 0 && count == 2) return storm(count, arguments);
    if (strcmp(part, "spawner") == 0) return spawner();
    if (strcmp(part, "churn") == 0 && count == 4) return churn(count, arguments);
    if (strcmp(part, "deny") == 0 && count >= 2) return deny(count, arguments);
    if (strcmp(part, "leap") == 0 && count >= 1) return leap(count, arguments);
    fprintf(stderr, "faulty: no such part, or not these arguments: %s\n", part);
    return 64;
}
