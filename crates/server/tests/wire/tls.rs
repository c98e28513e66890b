//! Encryption by files, with a certificate that is made for the test and gone with it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use attestry_server::{Listen, Tls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};

use super::{ALONE, PATIENCE, common, listening, said};

/// The files of a certificate for `localhost`, and the authority that vouches for it.
fn certificate(folder: &Path) -> (Tls, CertificateDer<'static>) {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "Tests only");
    let mut authority = CertificateParams::default();
    authority.distinguished_name = name;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let tls = Tls { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
    std::fs::write(&tls.certificate, own.pem()).unwrap();
    std::fs::write(&tls.key, key.serialize_pem()).unwrap();
    (tls, authority.der().clone())
}

/// Asks for the state of the server under these names of protocols; the protocol that was agreed, and the answer.
fn asked(
    address: SocketAddr,
    authority: &CertificateDer<'static>,
    protocols: &[&str],
) -> std::io::Result<(Option<String>, String)> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.clone()).unwrap();
    let mut config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    let mut session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut stream = rustls::Stream::new(&mut session, &mut socket);
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    // Who closes without a last word has still answered.
    let _ = stream.read_to_end(&mut answer);
    let agreed = session.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
    Ok((agreed, String::from_utf8_lossy(&answer).into_owned()))
}

#[test]
fn files_of_a_certificate_make_the_connection_an_encrypted_one() {
    let _beside = ALONE.read();
    let folder = tempfile::tempdir().unwrap();
    let (tls, authority) = certificate(folder.path());
    let wrong = Tls { certificate: tls.key.clone(), key: folder.path().join("absent.pem") };
    let address = listening(Some(tls));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (_, answer) = asked(address, &authority, &[]).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Of the protocols that a browser offers the server takes the one it speaks, and with none of them there is no connection.
    let (agreed, answer) = asked(address, &authority, &["h2", "http/1.1"]).unwrap();
    assert_eq!(agreed.as_deref(), Some("http/1.1"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(asked(address, &authority, &["h2"]).is_err());
    // Somebody else's certificate is refused by who connects.
    let (_, stranger) = certificate(tempfile::tempdir().unwrap().path());
    assert!(asked(address, &stranger, &[]).is_err());
    // What comes in the clear is no request here.
    let plain = said(address, b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(!plain.contains("HTTP/1.1 200"), "{plain}");
    // Files that are none are told before anything listens.
    let data = tempfile::tempdir().unwrap();
    let app = common::clinic(data.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listen = Listen { address: ([127, 0, 0, 1], 0).into(), tls: Some(wrong) };
    assert!(runtime.block_on(attestry_server::serve(app, listen, |_| {})).is_err());
}
