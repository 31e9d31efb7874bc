//! The files that are attached on the seeded site, made by code: logs, tables, plain text and a chart.

use std::fmt::Write as _;

/// The media type and the bytes of a file, by its name; the same for the same name.
pub(super) fn content(name: &str) -> (&'static str, Vec<u8>) {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "png" => ("image/png", chart(name)),
        "csv" => ("text/csv", table(name).into_bytes()),
        "log" => ("text/plain", log(name, 24).into_bytes()),
        _ => ("text/plain", note(name).into_bytes()),
    }
}

/// A service's log of this many lines.
pub(super) fn log(name: &str, lines: usize) -> String {
    let service = name.split(['-', '.']).next().unwrap_or_default();
    let mut text = String::new();
    for line in 0..lines {
        let (level, what) = match line % 8 {
            3 => ("WARN", "pool is at 47 of 50 connections"),
            6 => ("ERROR", "upstream answered 502 after 3 attempts, giving up"),
            7 => ("INFO", "circuit breaker opened for 30 s"),
            _ => ("INFO", "request finished"),
        };
        let (minute, second, milli) = (40 + line / 12 % 20, line * 5 % 60, line * 137 % 1000);
        let trace = 0x7be0_0004 + line * 0x1_0301 + name.len();
        let took = 40 + line * line * 9 % 3_700;
        let _ = writeln!(
            text,
            "10:{minute}:{second:02}.{milli:03} {level:5} {service} trace={trace:x} {what} in {took} ms"
        );
    }
    text
}

fn table(name: &str) -> String {
    let mut text = String::from("day,sessions,orders,conversion\n");
    for day in 1..=14_usize {
        let sessions = 18_400 + (day * 2_741 + name.len() * 97) % 5_200;
        let orders = sessions * (21 + day % 5) / 1000;
        let share = orders * 10_000 / sessions;
        let _ = writeln!(text, "{day},{sessions},{orders},{}.{:02}%", share / 100, share % 100);
    }
    text
}

fn note(name: &str) -> String {
    format!(
        "{name}\n\nTaken down in the meeting; the decisions are in the issue.\n- who asks: support\n- who answers: the squad on duty\n"
    )
}

/// A bar chart of 64 by 40 pixels as PNG.
fn chart(name: &str) -> Vec<u8> {
    const WIDTH: usize = 64;
    const HEIGHT: usize = 40;
    let mut pixels = Vec::with_capacity(HEIGHT * (WIDTH * 3 + 1));
    for y in 0..HEIGHT {
        pixels.push(0);
        for x in 0..WIDTH {
            let bar = 6 + (x / 8 * 11 + name.len() * 5) % 30;
            let colour: [u8; 3] =
                if x % 8 < 6 && HEIGHT - y <= bar { [12, 102, 228] } else { [247, 248, 249] };
            pixels.extend(colour);
        }
    }
    let mut header = Vec::new();
    header.extend(64_u32.to_be_bytes());
    header.extend(40_u32.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", stored(&pixels)), (b"IEND", Vec::new())] {
        let length = u32::try_from(data.len()).expect("invariant: a small picture");
        png.extend(length.to_be_bytes());
        let from = png.len();
        png.extend(kind);
        png.extend(data);
        png.extend(crc32(&png[from..]).to_be_bytes());
    }
    png
}

/// A zlib stream that stores its data as it is, which a picture this small can afford.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("invariant: a small picture");
    let mut stream = vec![0x78, 0x01, 1];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(data);
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ (0xedb8_8320 * (crc & 1)))
    })
}
