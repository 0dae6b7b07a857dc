//! A command for WASI 0.3: tells of the files in the directories that its arguments name, all
//! of which it reads at the same time, and keeps a report. Nothing that it prints depends on
//! the order in which that happens.

use std::fmt::Write;
use wasip3::cli::{environment, stdin, stdout};
use wasip3::clocks::monotonic_clock;
use wasip3::filesystem::preopens;
use wasip3::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags,
};
use wasip3::wit_bindgen::rt::async_support::StreamResult;

struct Tide;

wasip3::cli::command::export!(Tide);

impl wasip3::exports::cli::run::Guest for Tide {
    async fn run() -> Result<(), ()> {
        let mut text = String::new();
        let arguments = environment::get_arguments();
        let directories = preopens::get_directories();
        let (root, name) = directories.first().ok_or(())?;
        let _ = writeln!(text, "in {name}: {} arguments", arguments.len() - 1);
        let beginning = monotonic_clock::now();
        monotonic_clock::wait_for(2_000_000).await;
        let _ = writeln!(text, "slept: {}", monotonic_clock::now() - beginning >= 2_000_000);
        let mut failed = false;
        for place in &arguments[1..] {
            match survey(root, place).await {
                Ok(report) => text += &report,
                Err(code) => {
                    failed = true;
                    let _ = writeln!(text, "{place}: {code:?}");
                }
            }
        }
        let (input, outcome) = stdin::read_via_stream();
        let (count, words) = count(input).await;
        let _ = writeln!(text, "input: {count} bytes, {words} words, {:?}", outcome.await);
        if let Err(code) = keep(root, "report", text.as_bytes()).await {
            let _ = writeln!(text, "report: {code:?}");
        }
        print(text.into_bytes()).await?;
        if failed {
            Err(())
        } else {
            Ok(())
        }
    }
}

/// Tells of the files in a directory, by name.
async fn survey(root: &Descriptor, place: &str) -> Result<String, ErrorCode> {
    let directory = root
        .open_at(
            PathFlags::SYMLINK_FOLLOW,
            place.into(),
            OpenFlags::DIRECTORY,
            DescriptorFlags::READ,
        )
        .await?;
    let (entries, outcome) = directory.read_directory();
    let mut entries = entries.collect().await;
    outcome.await?;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let mut report = String::new();
    for entry in entries {
        let name = entry.name;
        match entry.type_ {
            DescriptorType::RegularFile => {
                let file = directory
                    .open_at(
                        PathFlags::empty(),
                        name.clone(),
                        OpenFlags::empty(),
                        DescriptorFlags::READ,
                    )
                    .await?;
                let size = file.stat().await?.size;
                let (content, outcome) = file.read_via_stream(0);
                let (count, words) = count(content).await;
                outcome.await?;
                let _ = writeln!(report, "{place}/{name}: {size}, {count} bytes, {words} words");
            }
            DescriptorType::SymbolicLink => {
                let target = directory.readlink_at(name.clone()).await?;
                let _ = writeln!(report, "{place}/{name} leads to {target}");
            }
            other => {
                let _ = writeln!(report, "{place}/{name}: {other:?}");
            }
        }
    }
    Ok(report)
}

/// Returns the number of bytes of a stream, and of the words in it.
async fn count(
    mut stream: wasip3::wit_bindgen::rt::async_support::StreamReader<u8>,
) -> (usize, usize) {
    let (mut bytes, mut words, mut inside) = (0, 0, false);
    loop {
        let (result, buffer) = stream.read(Vec::with_capacity(100)).await;
        bytes += buffer.len();
        for byte in buffer {
            words += usize::from(!inside && !byte.is_ascii_whitespace());
            inside = !byte.is_ascii_whitespace();
        }
        if !matches!(result, StreamResult::Complete(_)) {
            return (bytes, words);
        }
    }
}

/// Writes a file twice: as a whole, and once more at its end.
async fn keep(root: &Descriptor, name: &str, text: &[u8]) -> Result<(), ErrorCode> {
    let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE;
    let file = root.open_at(PathFlags::empty(), name.into(), flags, DescriptorFlags::WRITE).await?;
    let (mut writer, reader) = wasip3::wit_stream::new();
    let (outcome, ()) = futures::join!(async { file.write_via_stream(reader, 0).await }, async {
        writer.write_all(text.to_vec()).await;
        drop(writer);
    });
    outcome?;
    let (mut writer, reader) = wasip3::wit_stream::new();
    let (outcome, ()) = futures::join!(async { file.append_via_stream(reader).await }, async {
        writer.write_all(b"again\n".to_vec()).await;
        writer.write_all(text.to_vec()).await;
        drop(writer);
    });
    outcome?;
    file.sync().await?;
    root.create_directory_at("kept".into()).await?;
    root.rename_at(name.into(), root, "kept/report".into()).await?;
    root.symlink_at("report".into(), "kept/link".into()).await
}

/// Prints a text in small pieces.
async fn print(text: Vec<u8>) -> Result<(), ()> {
    let (mut writer, reader) = wasip3::wit_stream::new();
    let (outcome, ()) = futures::join!(async { stdout::write_via_stream(reader).await }, async {
        for piece in text.chunks(50) {
            writer.write_all(piece.to_vec()).await;
        }
        drop(writer);
    });
    outcome.map_err(|_| ())
}
