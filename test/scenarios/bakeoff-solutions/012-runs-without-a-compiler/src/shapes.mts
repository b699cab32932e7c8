export const Kind = { Circle: 'circle', Rectangle: 'rectangle' } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export interface Shape {
  readonly kind: Kind;
  area(): number;
}

export class Circle implements Shape {
  readonly kind = Kind.Circle;
  readonly radius: number;
  constructor(radius: number) {
    this.radius = radius;
  }
  area(): number {
    return Math.PI * this.radius ** 2;
  }
}

export class Rectangle implements Shape {
  readonly kind = Kind.Rectangle;
  readonly width: number;
  readonly height: number;
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }
  area(): number {
    return this.width * this.height;
  }
}

export const areas = {
  total(shapes: readonly Shape[]): number {
    return shapes.reduce((sum, shape) => sum + shape.area(), 0);
  },
  largest(shapes: readonly Shape[]): Shape | undefined {
    return [...shapes].sort((left, right) => right.area() - left.area())[0];
  },
};
