assert(a);
