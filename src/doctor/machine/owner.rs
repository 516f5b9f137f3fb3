//! Who has a port? Linux tells it in three files: `/proc/net/tcp` has the number of the socket, `/proc/PID/fd` says which
//! process has a socket of this number, `/proc/PID/comm` says what it is called. Processes of other people keep it to
//! themselves, and other systems have no such files: then it is not known.

use std::fmt;
use std::fs::{read_dir, read_link, read_to_string};
use std::path::Path;

/// The most processes that are looked at.
const MOST: usize = 20_000;

/// The transport of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Tcp,
    Udp,
}

/// A program.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Owner {
    name: String,
    process: u32,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.name, self.process)
    }
}

/// The program that has this port. `proc` is where Linux has these files.
pub(super) fn owner(proc: &Path, protocol: Protocol, port: u16) -> Option<Owner> {
    let tables = match protocol {
        Protocol::Tcp => ["net/tcp", "net/tcp6"],
        Protocol::Udp => ["net/udp", "net/udp6"],
    };
    let tables = tables.iter().filter_map(|table| read_to_string(proc.join(table)).ok());
    let socket = tables.filter_map(|table| socket(&table, protocol, port)).next()?;
    let link = format!("socket:[{socket}]");
    let processes = read_dir(proc).ok()?.flatten().take(MOST);
    let mut processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let process = processes.find(|process| {
        let files = read_dir(proc.join(process.to_string()).join("fd")).into_iter().flatten().flatten();
        files.into_iter().any(|file| read_link(file.path()).is_ok_and(|end| end.as_os_str() == &*link))
    })?;
    let name = read_to_string(proc.join(process.to_string()).join("comm")).unwrap_or_default();
    Some(Owner { name: name.trim().to_owned(), process })
}

/// The number of the socket that listens on this port. Each line of the table has the local address in its second column, as
/// hexadecimal `ADDRESS:PORT`, the state in its fourth, and the number in its tenth
/// (<https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html>).
fn socket(table: &str, protocol: Protocol, port: u16) -> Option<u64> {
    // TCP_LISTEN. A socket of UDP has no such state.
    let listens = |state: &str| protocol == Protocol::Udp || state == "0A";
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let (_, at) = columns.get(1)?.rsplit_once(':')?;
        let is_it = u16::from_str_radix(at, 16) == Ok(port) && listens(columns.get(3)?);
        if is_it { columns.get(9)?.parse().ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{create_dir_all, write};
    use std::os::unix::fs::symlink;

    use super::*;

    const TABLE: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 111 1 0
   1: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0
";

    #[test]
    fn the_program_that_listens_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let proc = folder.path();
        for (process, socket, name) in [("7", "111", "client"), ("8", "222", "python3")] {
            create_dir_all(proc.join(process).join("fd")).unwrap();
            symlink(format!("socket:[{socket}]"), proc.join(process).join("fd/3")).unwrap();
            write(proc.join(process).join("comm"), format!("{name}\n")).unwrap();
        }
        assert_eq!(owner(proc, Protocol::Tcp, 3000), None, "there is no table");
        create_dir_all(proc.join("net")).unwrap();
        write(proc.join("net/tcp"), TABLE).unwrap();
        let found = owner(proc, Protocol::Tcp, 3000).expect("it is in the table");
        assert_eq!(found.to_string(), "python3 (process 8)");
        assert_eq!(owner(proc, Protocol::Tcp, 3001), None);
        assert_eq!(owner(proc, Protocol::Udp, 3000), None);
    }
}
