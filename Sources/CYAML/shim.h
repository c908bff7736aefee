// libyaml 0.2, the system library. Nothing else belongs here.
#include <yaml.h>
