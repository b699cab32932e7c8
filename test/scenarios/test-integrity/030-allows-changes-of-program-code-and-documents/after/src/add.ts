assert(b);
