//! Nothing: the dependencies are what is wanted.
