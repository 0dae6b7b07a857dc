//! What `quench inspect` shows: [`report`] of a module, [`info`] stored in an
//! executable, and [`html`], a page of either.

pub mod html;
pub mod info;
pub mod report;
