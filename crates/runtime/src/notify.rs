//! Telling systemd how it goes (`sd_notify`), where it asks for that.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Says that the program is ready. `false`: nobody asked.
///
/// # Errors
///
/// If whoever asked cannot be told.
pub fn ready() -> io::Result<bool> {
    notify("READY=1")
}

/// Says that the program is about to end. `false`: nobody asked.
///
/// # Errors
///
/// If whoever asked cannot be told.
pub fn stopping() -> io::Result<bool> {
    notify("STOPPING=1")
}

fn notify(state: &str) -> io::Result<bool> {
    match env::var_os("NOTIFY_SOCKET") {
        Some(socket) => send(&socket, state).map(|()| true),
        None => Ok(false),
    }
}

fn send(socket: &OsStr, state: &str) -> io::Result<()> {
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_hears_of_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let by_path = UnixDatagram::bind(&path).expect("a socket");
        let name = format!("refmill-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).expect("a name");
        let by_name = UnixDatagram::bind_addr(&address).expect("a socket");
        for (socket, listener) in
            [(path.as_os_str(), by_path), (OsStr::new(&format!("@{name}")), by_name)]
        {
            send(socket, "READY=1").expect("sent");
            let mut heard = [0; 16];
            let bytes = listener.recv(&mut heard).expect("heard");
            assert_eq!(&heard[..bytes], b"READY=1");
        }
        assert!(send(OsStr::new("/nowhere/socket"), "READY=1").is_err());
    }
}
