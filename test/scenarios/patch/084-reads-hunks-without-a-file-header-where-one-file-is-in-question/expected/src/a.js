one();
zwei();
three();
