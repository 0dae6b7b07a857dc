//! Descriptions of modules and executables, for `quench inspect`: [`report`]
//! describes a module, [`info`] is what an executable contains about itself,
//! and [`html`] makes a page of either.

pub mod html;
pub mod info;
pub mod report;
