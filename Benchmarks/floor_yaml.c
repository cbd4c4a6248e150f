/* floor_yaml FILE: reads a file and lets libyaml parse it to the end: what no reader built on libyaml can beat. */
#include <stdio.h>
#include <yaml.h>

int main(int argc, char **argv) {
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL) return 66;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return 71;
    yaml_parser_set_input_file(&parser, file);
    for (int finished = 0; !finished;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) return 78;
        finished = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(file);
}
