#ifndef KNELL_CYAML_SHIM_H
#define KNELL_CYAML_SHIM_H

#include <yaml.h>

#endif
