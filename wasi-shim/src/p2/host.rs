//! The host as one call of a component sees it. Vocabulary only: each function says in its
//! own file what it does.

use super::resources::Resource;
use crate::errno::Errno;
use crate::objects::Object;
use crate::state::State;
use quench_component_support::{Call, own_handle, representation, trap};

/// The host, borrowed for one call.
pub(crate) struct Host<'a> {
    /// The call, with the memory and the handles of the caller.
    pub(crate) call: &'a mut Call,
    /// What all calls share.
    pub(crate) state: &'a mut State,
    /// The type of descriptors, which is another one in each version of WASI.
    pub(crate) descriptor: &'static Resource,
}

impl Host<'_> {
    /// Gives the caller a resource, and returns its handle.
    pub(crate) fn give(&self, resource: &'static Resource, representation: u32) -> u32 {
        own_handle(self.call.instance(), resource.record(), representation)
    }

    /// Gives the caller a new object as a resource, and returns its handle.
    ///
    /// # Errors
    ///
    /// [`Errno::TooManyOpen`] if there is no room for the object.
    pub(crate) fn try_give_object(
        &mut self,
        resource: &'static Resource,
        object: Object,
    ) -> Result<u32, Errno> {
        let number = self.state.objects.insert(object)?;
        Ok(self.give(resource, number))
    }

    /// Gives the caller a new object as a resource, and returns its handle. Traps if there is
    /// no room for the object: for functions that cannot fail.
    pub(crate) fn give_object(&mut self, resource: &'static Resource, object: Object) -> u32 {
        match self.try_give_object(resource, object) {
            Ok(handle) => handle,
            Err(_) => trap("too many streams, pollables and errors of the host"),
        }
    }

    /// Returns what a handle that the caller lends stands for. Traps if it is none.
    pub(crate) fn borrowed(&self, resource: &'static Resource, handle: u32) -> u32 {
        representation(self.call.instance(), resource.record(), handle)
    }
}
