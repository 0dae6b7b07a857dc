//! Keeps a ledger in a directory: reads transfers, books them, writes a page
//! for each account and a summary.
//!
//!     ledger DIRECTORY COMMAND [ARGUMENT…]
//!
//! It is a guest for the tests and knows nothing of them: a Rust program with
//! the standard library that uses arguments, the environment, standard input,
//! files and directories, collections, trait objects, closures, floats of both
//! sizes, deep recursion and panics.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::fs;
use std::io::{self, BufRead, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

type Outcome = Result<(), Box<dyn Error>>;

#[derive(Debug)]
struct BadLine {
    number: usize,
    line: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is not a transfer: {:?}", self.number, self.line)
    }
}

impl Error for BadLine {}

/// What can be asked of an account's history.
trait Figure {
    fn name(&self) -> String;
    fn of(&self, amounts: &[i64]) -> f64;
}

struct Mean;
struct Deviation;
struct Quantile(f32);

impl Figure for Mean {
    fn name(&self) -> String {
        "mean".into()
    }
    fn of(&self, amounts: &[i64]) -> f64 {
        amounts.iter().map(|&amount| amount as f64).sum::<f64>() / amounts.len() as f64
    }
}

impl Figure for Deviation {
    fn name(&self) -> String {
        "deviation".into()
    }
    fn of(&self, amounts: &[i64]) -> f64 {
        let mean = Mean.of(amounts);
        let squares = amounts.iter().map(|&amount| (amount as f64 - mean).powi(2));
        (squares.sum::<f64>() / amounts.len() as f64).sqrt()
    }
}

impl Figure for Quantile {
    fn name(&self) -> String {
        format!("quantile {:?}", self.0)
    }
    fn of(&self, amounts: &[i64]) -> f64 {
        let mut sorted = amounts.to_vec();
        sorted.sort_unstable();
        let at = self.0 * (sorted.len() - 1) as f32;
        let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
        low as f64 + (high - low) as f64 * f64::from(at.fract())
    }
}

#[derive(Default)]
struct Ledger {
    accounts: BTreeMap<Rc<str>, Vec<i64>>,
    transfers: usize,
}

impl Ledger {
    /// `FROM -> TO: AMOUNT` a line.
    fn read(&mut self, input: impl BufRead) -> Outcome {
        for (index, line) in input.lines().enumerate() {
            let line = line?;
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let transfer = Self::parse(&line).ok_or(BadLine { number: index + 1, line: line.clone() })?;
            self.book(transfer);
        }
        Ok(())
    }

    fn parse(line: &str) -> Option<(&str, &str, i64)> {
        let (from, rest) = line.split_once("->")?;
        let (to, amount) = rest.split_once(':')?;
        Some((from.trim(), to.trim(), amount.trim().parse().ok()?))
    }

    fn book(&mut self, (from, to, amount): (&str, &str, i64)) {
        self.transfers += 1;
        self.accounts.entry(from.into()).or_default().push(-amount);
        self.accounts.entry(to.into()).or_default().push(amount);
    }

    fn write(&self, directory: &Path) -> io::Result<()> {
        let pages = directory.join("pages");
        fs::create_dir_all(&pages)?;
        let figures: [Box<dyn Figure>; 4] =
            [Box::new(Mean), Box::new(Deviation), Box::new(Quantile(0.5)), Box::new(Quantile(0.9))];
        for (name, amounts) in &self.accounts {
            let draft = pages.join("draft");
            let mut page = BufWriter::new(fs::File::create(&draft)?);
            writeln!(page, "{name}: {:+}", amounts.iter().sum::<i64>())?;
            for figure in &figures {
                let value = figure.of(amounts);
                writeln!(page, "{:>16}: {value:12.4} {value:e} {}", figure.name(), value as f32)?;
            }
            writeln!(page, "{amounts:?}")?;
            page.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            fs::rename(&draft, pages.join(format!("{name}.txt")))?;
        }
        Ok(())
    }
}

fn keep(directory: &Path) -> Outcome {
    let mut ledger = Ledger::default();
    for entry in sorted_entries(directory)? {
        if entry.ends_with(".transfers") {
            let file = fs::File::open(directory.join(&entry))?;
            println!("{entry}: {} bytes", file.metadata()?.len());
            ledger.read(io::BufReader::new(file))?;
        }
    }
    ledger.read(io::stdin().lock())?;
    ledger.write(directory)?;
    println!("{} transfers, {} accounts", ledger.transfers, ledger.accounts.len());
    for (variable, value) in std::env::vars() {
        println!("{variable}={value}");
    }
    for entry in sorted_entries(&directory.join("pages"))? {
        println!("{entry}");
        print!("{}", fs::read_to_string(directory.join("pages").join(entry))?);
    }
    Ok(())
}

fn sorted_entries(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// Files and directories in every way that the standard library offers here.
fn files(directory: &Path) -> Outcome {
    let scratch = directory.join("scratch");
    fs::create_dir(&scratch)?;
    let path = scratch.join("numbers");
    fs::write(&path, (0..100_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>())?;
    let mut file = fs::OpenOptions::new().read(true).write(true).open(&path)?;
    file.seek(SeekFrom::End(-4))?;
    let mut last = [0; 4];
    file.read_exact(&mut last)?;
    println!("last: {}", u32::from_le_bytes(last));
    file.seek(SeekFrom::Start(8))?;
    file.write_all(b"quench")?;
    file.set_len(64)?;
    drop(file);
    println!("{:?}", fs::read(&path)?);
    let mut more = fs::OpenOptions::new().append(true).open(&path)?;
    writeln!(more, "appended")?;
    println!("{} bytes", fs::copy(&path, scratch.join("copy"))?);
    let then = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 500_000_000);
    more.set_modified(then)?;
    let modified = fs::metadata(&path)?.modified()?;
    println!("modified {:?} after 1970", modified.duration_since(SystemTime::UNIX_EPOCH)?);
    for missing in ["none", "none/deeper", "../../../etc/passwd", "numbers/below"] {
        let error = fs::read(scratch.join(missing)).expect_err("a file that is not there");
        println!("{missing}: {:?}", error.kind());
    }
    println!("create again: {:?}", fs::create_dir(&scratch).map_err(|e| e.kind()));
    println!("remove full: {:?}", fs::remove_dir(&scratch).map_err(|e| e.kind()));
    println!("{:?}", sorted_entries(&scratch)?);
    fs::remove_file(scratch.join("copy"))?;
    fs::create_dir_all(scratch.join("a/b/c"))?;
    fs::write(scratch.join("a/b/c/leaf"), "leaf")?;
    fs::remove_dir_all(scratch.join("a"))?;
    println!("{:?}", sorted_entries(&scratch)?);
    Ok(())
}

/// Work for the processor: collections, numbers, recursion.
fn work() -> Outcome {
    let mut counts: HashMap<u64, Vec<u64>> = HashMap::new();
    let mut queue = VecDeque::from([27u64, 97, 871, 6171]);
    while let Some(n) = queue.pop_front() {
        let next = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        counts.entry(n % 7).or_default().push(n);
        if next != 1 {
            queue.push_back(next);
        }
    }
    let mut sums: Vec<_> = counts.iter().map(|(k, v)| (k, v.len(), v.iter().sum::<u64>())).collect();
    sums.sort();
    println!("{sums:?}");

    let large: u128 = (1..=34).product();
    println!("34! = {large}, {:x}, remainder {}", large, large % 1_000_000_007);
    for x in [0.1f64, 1.0 / 3.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, -0.0, 1e21, f64::INFINITY] {
        println!("{x} {x:?} {x:.3e} {} {:?}", x as f32, x as i32);
    }
    for x in [16777217f32, 0.1, f32::EPSILON, f32::MAX, -1.5, 2.5, f32::NAN] {
        println!("{x} {x:e} {} {} {}", x.round(), x.round_ties_even(), x as u8);
    }
    println!("{:?}", (1..6).map(|n| (n as f64).powf(0.5).sin().to_bits()).collect::<Vec<_>>());

    fn depth(n: u32) -> u64 {
        if n == 0 { 0 } else { 1 + depth(n - 1) ^ u64::from(n) }
    }
    println!("depth {}", depth(std::hint::black_box(5_000)));

    let text: String = (0..50_000u64).map(|i| char::from(b'a' + (i * i / 7 % 26) as u8)).collect();
    let mut words: Vec<&str> = text.split('e').collect();
    words.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    words.dedup();
    println!("{} {:?}", words.len(), words.first());

    let mut blocks: Vec<Box<[u64]>> = Vec::new();
    for i in 0..2_000usize {
        blocks.push(vec![i as u64; 1 + i * 7919 % 4096].into_boxed_slice());
        if i % 3 == 0 {
            blocks.swap_remove(i * 31 % blocks.len());
        }
    }
    let total: u64 = blocks.iter().flat_map(|block| block.iter()).sum();
    println!("{} blocks, {total}", blocks.len());
    Ok(())
}

fn clocks() -> Outcome {
    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(30));
    let slept = start.elapsed();
    println!("slept long enough: {}", slept >= Duration::from_millis(30));
    println!("and not too long: {}", slept < Duration::from_secs(20));
    println!("the year is past 2020: {}", SystemTime::now() > SystemTime::UNIX_EPOCH + Duration::from_secs(1_577_836_800));
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!("{arguments:?}");
    let [directory, command, ..] = arguments.as_slice() else {
        eprintln!("usage: ledger DIRECTORY keep|files|work|clocks|panic");
        return ExitCode::from(2);
    };
    let directory = Path::new(directory);
    let outcome = match command.as_str() {
        "keep" => keep(directory),
        "files" => files(directory),
        "work" => work(),
        "clocks" => clocks(),
        "panic" => panic!("asked to: {:?}", arguments.get(2)),
        other => Err(format!("{other} is no command").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
