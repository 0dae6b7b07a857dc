//! What tests/programs/debug.py looks at through gdb; it knows the lines by the
//! words in their comments.

struct Point {
    x: i32,
    y: i32,
}

enum Shape {
    Circle(f64),
    Named { point: Point, scale: u8 },
}

#[inline(never)]
fn area(shape: &Shape, times: usize) -> f64 {
    let base = match shape {
        Shape::Circle(radius) => *radius * 2.0,
        Shape::Named { point, scale } => f64::from(point.x * point.y) * f64::from(*scale),
    };
    let mut sum = 0.0;
    for value in [base, base + 1.0] {
        sum += value * times as f64; // in the loop
    }
    println!("{sum}"); // the end
    sum
}

fn main() {
    let named = Shape::Named {
        point: Point { x: 2, y: 3 },
        scale: 4,
    };
    let boxed = Box::new(42u32);
    area(&named, *boxed as usize); // the call
    area(&Shape::Circle(1.5), 1);
}
