//! From a module to decisions: where imports come from, where things live, what
//! instantiation leaves for code, and what is known of tables and bodies. Makes no
//! code.

pub mod environment;
pub mod instantiation;
pub mod known_tables;
pub mod layout;
pub mod matching;
pub mod memory_image;
pub mod resolve;
pub mod survey;
