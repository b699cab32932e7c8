export enum Kind {
  Circle = 'circle',
  Rectangle = 'rectangle',
}

export interface Shape {
  readonly kind: Kind;
  area(): number;
}

export class Circle implements Shape {
  readonly kind = Kind.Circle;
  constructor(readonly radius: number) {}
  area(): number {
    return Math.PI * this.radius ** 2;
  }
}

export class Rectangle implements Shape {
  readonly kind = Kind.Rectangle;
  constructor(
    readonly width: number,
    readonly height: number,
  ) {}
  area(): number {
    return this.width * this.height;
  }
}

export namespace areas {
  export function total(shapes: readonly Shape[]): number {
    return shapes.reduce((sum, shape) => sum + shape.area(), 0);
  }
  export function largest(shapes: readonly Shape[]): Shape | undefined {
    return [...shapes].sort((left, right) => right.area() - left.area())[0];
  }
}
