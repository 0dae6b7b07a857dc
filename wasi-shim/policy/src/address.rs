//! Addresses of sockets as text: `127.0.0.1:80`, `[::1]:80`. The standard
//! library's parser would take 4 KiB of each executable.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// Understands what the standard library does, except for zones, which a policy
/// cannot express.
pub(crate) fn parse(text: &[u8]) -> Option<SocketAddr> {
    let colon = text.iter().rposition(|&byte| byte == b':')?;
    let port = number(text.get(colon + 1..)?, 10, 5)?;
    let address = text.get(..colon)?;
    let inside = address.strip_prefix(b"[");
    let ip = match inside.and_then(|inside| inside.strip_suffix(b"]")) {
        Some(inside) => ipv6(inside)?.into(),
        None => ipv4(address)?.into(),
    };
    Some(SocketAddr::new(ip, port))
}

fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split(|&byte| byte == b'.');
    for octet in &mut octets {
        let part = parts.next()?;
        // A leading zero might be meant to be octal.
        if part.len() > 1 && part.starts_with(b"0") {
            return None;
        }
        *octet = u8::try_from(number(part, 10, 3)?).ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

fn ipv6(text: &[u8]) -> Option<Ipv6Addr> {
    let mut all = [0; 8];
    let gap = text.windows(2).position(|pair| pair == b"::");
    let (front, back) = match gap {
        Some(gap) => (text.get(..gap)?, text.get(gap + 2..)?),
        None => (text, &[][..]),
    };
    let before = groups(front, gap.is_none(), &mut all)?;
    let mut last = [0; 8];
    let after = groups(back, true, &mut last)?;
    let start = 8_usize.checked_sub(after)?;
    // The gap stands for at least one group.
    let fits = if gap.is_some() { before < start } else { before == start };
    for (to, from) in all.iter_mut().skip(start).zip(last) {
        *to = from;
    }
    fits.then(|| Ipv6Addr::from(all))
}

/// Fills the first places and returns their number. At the end of an address, an
/// IPv4 address can stand for two groups.
fn groups(text: &[u8], at_end: bool, places: &mut [u16; 8]) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let mut count = 0;
    let mut parts = text.split(|&byte| byte == b':').peekable();
    while let Some(part) = parts.next() {
        if at_end && parts.peek().is_none() && part.contains(&b'.') {
            let [a, b, c, d] = ipv4(part)?.octets();
            *places.get_mut(count)? = u16::from_be_bytes([a, b]);
            *places.get_mut(count + 1)? = u16::from_be_bytes([c, d]);
            count += 2;
        } else {
            *places.get_mut(count)? = number(part, 16, 4)?;
            count += 1;
        }
    }
    Some(count)
}

fn number(text: &[u8], radix: u32, most_digits: usize) -> Option<u16> {
    if text.is_empty() || text.len() > most_digits {
        return None;
    }
    let mut number = 0;
    for &digit in text {
        number = number * radix + char::from(digit).to_digit(radix)?;
    }
    u16::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::format;
    use std::str::FromStr;

    #[test]
    fn as_the_standard_library() {
        for address in [
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "256.0.0.1",
            "1.2.3",
            "1.2.3.4.5",
            "01.2.3.4",
            "1..2.3",
            "",
            "localhost",
            "[::]",
            "[::1]",
            "[1::]",
            "[1::2]",
            "[1:2:3:4:5:6:7:8]",
            "[1:2:3:4:5:6:7::]",
            "[::2:3:4:5:6:7:8]",
            "[1:2:3:4:5:6:7:8:9]",
            "[1:2:3:4:5:6:7]",
            "[1:2:3:4::5:6:7:8]",
            "[1::2::3]",
            "[:::]",
            "[:1]",
            "[1:]",
            "[abcd:EF01::]",
            "[12345::]",
            "[g::]",
            "[::ffff:1.2.3.4]",
            "[1:2:3:4:5:6:1.2.3.4]",
            "[1:2:3:4:5:6:7:1.2.3.4]",
            "[1:2:3:4:5::1.2.3.4]",
            "[1:2:3:4:5:6::1.2.3.4]",
            "[1.2.3.4::]",
            "[1.2.3.4::1]",
            "[::1.2.3.4:1]",
            "[::1.2.3.256]",
            "[::1.2.3]",
            "[1.2.3.4]",
            "[]",
            "[",
            "::1",
            "[::1",
            "::1]",
        ] {
            for port in ["0", "80", "65535", "65536", "080", "", "x", "-1", "+1", "123456"] {
                let text = format!("{address}:{port}");
                let expected = SocketAddr::from_str(&text).ok();
                assert_eq!(parse(text.as_bytes()), expected, "{text}");
            }
        }
        assert_eq!(parse(b"80"), None);
        assert_eq!(parse(b"[fe80::1%2]:80"), None);
        assert_eq!(parse(b"\xff:80"), None);
    }
}
