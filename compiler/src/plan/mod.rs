//! Decisions about a module before its code is made: the providers of its imports, the places
//! of its memories, tables and globals, the part of instantiation that is left for code, and
//! what is known of its tables and bodies. Makes no code.

pub(crate) mod constant_objects;
pub(crate) mod environment;
pub(crate) mod instantiation;
pub(crate) mod known_tables;
pub(crate) mod layout;
pub(crate) mod matching;
pub(crate) mod memory_image;
pub(crate) mod objects;
pub(crate) mod resolve;
pub(crate) mod survey;
pub(crate) mod used_exports;
