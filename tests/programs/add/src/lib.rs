//! The smallest useful library: what `quench run --invoke` calls.

#[no_mangle]
pub extern "C" fn add(x: i32, y: i32) -> i32 {
    x + y
}

#[no_mangle]
pub extern "C" fn hypotenuse(x: f64, y: f64) -> f64 {
    x.hypot(y)
}
