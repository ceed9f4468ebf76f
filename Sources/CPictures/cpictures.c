#include "cpictures.h"
