class A:
    def value(self):
        return 1


class B:
    def value(self):
        return 1
