//! `errno` of WASI, and the conversion of Linux's error numbers.

use rustix::io::Errno as Linux;

/// The values of the specification; 0 is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Errno {
    TooBig = 1,
    Access = 2,
    AddressInUse = 3,
    AddressNotAvailable = 4,
    AddressFamilyNotSupported = 5,
    Again = 6,
    Already = 7,
    BadDescriptor = 8,
    BadMessage = 9,
    Busy = 10,
    Canceled = 11,
    Child = 12,
    ConnectionAborted = 13,
    ConnectionRefused = 14,
    ConnectionReset = 15,
    Deadlock = 16,
    DestinationAddressRequired = 17,
    Domain = 18,
    Quota = 19,
    Exists = 20,
    Fault = 21,
    FileTooBig = 22,
    HostUnreachable = 23,
    IdentifierRemoved = 24,
    IllegalSequence = 25,
    InProgress = 26,
    Interrupted = 27,
    Invalid = 28,
    Io = 29,
    IsConnected = 30,
    IsDirectory = 31,
    Loop = 32,
    TooManyOpen = 33,
    TooManyLinks = 34,
    MessageSize = 35,
    Multihop = 36,
    NameTooLong = 37,
    NetworkDown = 38,
    NetworkReset = 39,
    NetworkUnreachable = 40,
    TooManyOpenInSystem = 41,
    NoBuffers = 42,
    NoDevice = 43,
    NoEntry = 44,
    NotExecutable = 45,
    NoLocks = 46,
    NoLink = 47,
    NoMemory = 48,
    NoMessage = 49,
    NoProtocolOption = 50,
    NoSpace = 51,
    NoSystemCall = 52,
    NotConnected = 53,
    NotDirectory = 54,
    NotEmpty = 55,
    NotRecoverable = 56,
    NotSocket = 57,
    NotSupported = 58,
    NotTerminal = 59,
    NoSuchDevice = 60,
    Overflow = 61,
    OwnerDead = 62,
    NotPermitted = 63,
    Pipe = 64,
    Protocol = 65,
    ProtocolNotSupported = 66,
    ProtocolType = 67,
    Range = 68,
    ReadOnly = 69,
    IllegalSeek = 70,
    NoProcess = 71,
    Stale = 72,
    TimedOut = 73,
    TextBusy = 74,
    CrossDevice = 75,
    NotCapable = 76,
}

/// Converts an error of Linux. One that WASI does not have (of streams, keys, ...)
/// becomes an I/O error.
impl From<Linux> for Errno {
    fn from(error: Linux) -> Errno {
        match error {
            Linux::TOOBIG => Errno::TooBig,
            Linux::ACCESS => Errno::Access,
            Linux::ADDRINUSE => Errno::AddressInUse,
            Linux::ADDRNOTAVAIL => Errno::AddressNotAvailable,
            Linux::AFNOSUPPORT => Errno::AddressFamilyNotSupported,
            Linux::AGAIN => Errno::Again,
            Linux::ALREADY => Errno::Already,
            Linux::BADF => Errno::BadDescriptor,
            Linux::BADMSG => Errno::BadMessage,
            Linux::BUSY => Errno::Busy,
            Linux::CANCELED => Errno::Canceled,
            Linux::CHILD => Errno::Child,
            Linux::CONNABORTED => Errno::ConnectionAborted,
            Linux::CONNREFUSED => Errno::ConnectionRefused,
            Linux::CONNRESET => Errno::ConnectionReset,
            Linux::DEADLK => Errno::Deadlock,
            Linux::DESTADDRREQ => Errno::DestinationAddressRequired,
            Linux::DOM => Errno::Domain,
            Linux::DQUOT => Errno::Quota,
            Linux::EXIST => Errno::Exists,
            Linux::FAULT => Errno::Fault,
            Linux::FBIG => Errno::FileTooBig,
            Linux::HOSTUNREACH => Errno::HostUnreachable,
            Linux::IDRM => Errno::IdentifierRemoved,
            Linux::ILSEQ => Errno::IllegalSequence,
            Linux::INPROGRESS => Errno::InProgress,
            Linux::INTR => Errno::Interrupted,
            Linux::INVAL => Errno::Invalid,
            Linux::ISCONN => Errno::IsConnected,
            Linux::ISDIR => Errno::IsDirectory,
            Linux::LOOP => Errno::Loop,
            Linux::MFILE => Errno::TooManyOpen,
            Linux::MLINK => Errno::TooManyLinks,
            Linux::MSGSIZE => Errno::MessageSize,
            Linux::MULTIHOP => Errno::Multihop,
            Linux::NAMETOOLONG => Errno::NameTooLong,
            Linux::NETDOWN => Errno::NetworkDown,
            Linux::NETRESET => Errno::NetworkReset,
            Linux::NETUNREACH => Errno::NetworkUnreachable,
            Linux::NFILE => Errno::TooManyOpenInSystem,
            Linux::NOBUFS => Errno::NoBuffers,
            Linux::NODEV => Errno::NoDevice,
            Linux::NOENT => Errno::NoEntry,
            Linux::NOEXEC => Errno::NotExecutable,
            Linux::NOLCK => Errno::NoLocks,
            Linux::NOLINK => Errno::NoLink,
            Linux::NOMEM => Errno::NoMemory,
            Linux::NOMSG => Errno::NoMessage,
            Linux::NOPROTOOPT => Errno::NoProtocolOption,
            Linux::NOSPC => Errno::NoSpace,
            Linux::NOSYS => Errno::NoSystemCall,
            Linux::NOTCONN => Errno::NotConnected,
            Linux::NOTDIR => Errno::NotDirectory,
            Linux::NOTEMPTY => Errno::NotEmpty,
            Linux::NOTRECOVERABLE => Errno::NotRecoverable,
            Linux::NOTSOCK => Errno::NotSocket,
            Linux::OPNOTSUPP => Errno::NotSupported,
            Linux::NOTTY => Errno::NotTerminal,
            Linux::NXIO => Errno::NoSuchDevice,
            Linux::OVERFLOW => Errno::Overflow,
            Linux::OWNERDEAD => Errno::OwnerDead,
            Linux::PERM => Errno::NotPermitted,
            Linux::PIPE => Errno::Pipe,
            Linux::PROTO => Errno::Protocol,
            Linux::PROTONOSUPPORT => Errno::ProtocolNotSupported,
            Linux::PROTOTYPE => Errno::ProtocolType,
            Linux::RANGE => Errno::Range,
            Linux::ROFS => Errno::ReadOnly,
            Linux::SPIPE => Errno::IllegalSeek,
            Linux::SRCH => Errno::NoProcess,
            Linux::STALE => Errno::Stale,
            Linux::TIMEDOUT => Errno::TimedOut,
            Linux::TXTBSY => Errno::TextBusy,
            Linux::XDEV => Errno::CrossDevice,
            _ => Errno::Io,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_specification() {
        // The specification numbers its names in alphabetical order.
        assert_eq!(Errno::BadDescriptor as u16, 8);
        assert_eq!(Errno::Invalid as u16, 28);
        assert_eq!(Errno::NoEntry as u16, 44);
        assert_eq!(Errno::NotDirectory as u16, 54);
        assert_eq!(Errno::NotSupported as u16, 58);
        assert_eq!(Errno::NotPermitted as u16, 63);
        assert_eq!(Errno::IllegalSeek as u16, 70);
        assert_eq!(Errno::NotCapable as u16, 76);
    }

    #[test]
    fn every_linux_error_has_a_meaning() {
        assert_eq!(Errno::from(Linux::NOENT), Errno::NoEntry);
        assert_eq!(Errno::from(Linux::IO), Errno::Io);
        for raw in 1..4096 {
            let errno = Errno::from(Linux::from_raw_os_error(raw)) as u16;
            assert!((1..=76).contains(&errno));
        }
    }
}
