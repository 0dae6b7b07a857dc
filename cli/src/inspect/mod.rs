//! Descriptions of modules and executables, for `quench inspect`: [`report`]
//! describes a module, [`info`] is what an executable contains about itself,
//! [`sizes`] says what takes the room, and [`html`] makes a page of all this.

pub mod component;
mod dominators;
mod escape;
pub mod html;
pub mod info;
mod map;
pub mod report;
pub mod sizes;
