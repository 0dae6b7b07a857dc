//! `wasi:filesystem`, as far as it differs from that of WASI 0.2.

use super::errors::{DescriptorType, Failure};
use super::streams::{self, Report};
use crate::objects::Position;
use crate::p2::errors::ErrorCode;
use crate::p2::filesystem as p2;
use crate::p2::host::Host;
use crate::types::rights::{FD_READ, FD_WRITE};
use crate::types::{FileStat, FileType, LOOKUP_SYMLINK_FOLLOW};

type Answer<T> = Result<T, Failure>;

/// `wasi:clocks/system-clock.instant`: seconds and nanoseconds since 1970.
pub(super) type Instant = (i64, u32);

/// Returns what an operation of WASI 0.2 failed with.
fn failed(code: ErrorCode) -> Failure {
    Failure(code)
}

pub(super) fn read_via_stream(host: &mut Host<'_>, this: u32, offset: u64) -> (u32, u32) {
    let stream = p2::bytes(host, this, FD_READ, Position::At(offset));
    streams::give(host, stream, Report::OfFile)
}

pub(super) fn write_via_stream(host: &mut Host<'_>, this: u32, data: u32, offset: u64) -> u32 {
    let stream = p2::bytes(host, this, FD_WRITE, Position::At(offset));
    streams::take(host, data, stream, Report::OfFile)
}

pub(super) fn append_via_stream(host: &mut Host<'_>, this: u32, data: u32) -> u32 {
    let stream = p2::bytes(host, this, FD_WRITE, Position::End);
    streams::take(host, data, stream, Report::OfFile)
}

pub(super) fn read_directory(host: &mut Host<'_>, this: u32) -> (u32, u32) {
    let descriptor = p2::open_again(host, this);
    streams::give_entries(host, descriptor)
}

pub(super) fn get_type(host: &mut Host<'_>, this: u32) -> Answer<DescriptorType> {
    let stat = p2::attributes(host, this).map_err(failed)?;
    Ok(DescriptorType(stat.file_type))
}

/// `descriptor-stat`
type Stat = (DescriptorType, u64, u64, Option<Instant>, Option<Instant>, Option<Instant>);

fn stat_of(stat: &FileStat) -> Stat {
    const NANOSECONDS: u64 = 1_000_000_000;
    let time = |time| Some(((time / NANOSECONDS) as i64, (time % NANOSECONDS) as u32));
    (
        DescriptorType(stat.file_type),
        stat.links,
        stat.size,
        time(stat.accessed),
        time(stat.modified),
        time(stat.changed),
    )
}

pub(super) fn stat(host: &mut Host<'_>, this: u32) -> Answer<Stat> {
    Ok(stat_of(&p2::attributes(host, this).map_err(failed)?))
}

pub(super) fn stat_at(
    host: &mut Host<'_>,
    this: u32,
    path_flags: u32,
    name: (u32, u32),
) -> Answer<Stat> {
    Ok(stat_of(&p2::attributes_at(host, this, path_flags, name).map_err(failed)?))
}

pub(super) fn link_at(
    host: &mut Host<'_>,
    this: u32,
    path_flags: u32,
    name: (u32, u32),
    other: u32,
    other_name: (u32, u32),
) -> Answer<()> {
    let result = p2::link_at(host, this, path_flags, name, other, other_name);
    // The second wall finds something else than the kernel.
    if result == Err(ErrorCode::CrossDevice)
        && let Ok(stat) = p2::attributes_at(host, this, 0, name)
        && stat.file_type == FileType::Directory
    {
        return Err(Failure(ErrorCode::NotPermitted));
    }
    result.map_err(failed)
}

pub(super) fn remove_directory_at(host: &mut Host<'_>, this: u32, name: (u32, u32)) -> Answer<()> {
    let result = p2::remove_directory_at(host, this, name);
    // A link that leads out of the directory is refused as such.
    if result == Err(ErrorCode::NotDirectory)
        && p2::attributes_at(host, this, LOOKUP_SYMLINK_FOLLOW, name)
            == Err(ErrorCode::NotPermitted)
    {
        return Err(Failure(ErrorCode::NotPermitted));
    }
    result.map_err(failed)
}
