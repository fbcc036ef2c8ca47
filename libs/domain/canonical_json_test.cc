#include "domain/canonical_json.h"
