//! Evidence files: streamed, bounded, found again by content.

use std::io::Read;

use attestry_model::change::FileFact;
use attestry_model::{Command, Refusal};
use attestry_store::{Config, Store, StoreError, SubmitError};

use crate::ground::{Ground, new_risk, on_both, operator};

#[test]
fn a_file_comes_back_byte_for_byte_and_one_content_lies_there_once() {
    on_both(|ground| {
        let clinic = ground.found();
        let target = new_risk(&clinic, "R");
        let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let receipt =
            clinic.attach(&operator(), target, "a.bin", &mut content.as_slice(), Some("proof".to_owned())).unwrap();
        clinic.attach(&operator(), target, "b.bin", &mut content.as_slice(), None).unwrap();
        let version = clinic.history(target).unwrap().remove(1);
        assert_eq!((version.seq, version.files), (receipt.first_seq, vec!["a.bin".to_owned()]));
        let sha256 = attestry_ledger::Hash::of(&content).to_hex();
        let mut back = Vec::new();
        ground.store().files().open(&sha256).unwrap().read_to_end(&mut back).unwrap();
        assert_eq!(back, content);
        let folder = ground.data().join("files").join(&sha256[..2]);
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
        assert_eq!(std::fs::read_dir(ground.data().join("files/incoming")).unwrap().count(), 0);
    });
}

#[test]
fn too_large_or_unreadable_files_leave_nothing_behind() {
    struct Breaking(u32);
    impl Read for Breaking {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            if self.0 > 3 { Err(std::io::Error::other("the line broke")) } else { Ok(buffer.len()) }
        }
    }
    let ground = Ground::sqlite();
    let config = Config { file_limit: 1_000, ..ground.config() };
    let store = Store::open(&config).unwrap();
    let large = store.put_file("large.bin", &mut std::io::repeat(1)).unwrap_err();
    assert!(matches!(&large, StoreError::Large { name, limit: 1_000 } if name == "large.bin"), "{large}");
    assert!(store.put_file("fits.bin", &mut std::io::repeat(1).take(1_000)).is_ok());
    let config = Config { file_limit: u64::MAX, ..config };
    drop(store);
    let store = Store::open(&config).unwrap();
    let broken = store.put_file("broken.bin", &mut Breaking(0)).unwrap_err().to_string();
    assert!(broken.contains("broken.bin") && broken.contains("the line broke"), "{broken}");
    assert_eq!(std::fs::read_dir(ground.data().join("files/incoming")).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_not_there_cannot_be_attached() {
    on_both(|ground| {
        let clinic = ground.found();
        let target = new_risk(&clinic, "R");
        let mut fact = FileFact { sha256: "00".repeat(32), size: 3, name: "ghost.txt".to_owned() };
        let attach = |file: &FileFact| Command::Attach { target, file: file.clone(), reason: None };
        let refused = clinic.submit(&operator(), attach(&fact));
        assert!(matches!(refused, Err(SubmitError::Refused(Refusal::Invalid(_)))), "{refused:?}");
        fact.sha256 = "../../../etc/passwd".to_owned();
        assert!(clinic.submit(&operator(), attach(&fact)).is_err());
        let real = ground.store().put_file("real.txt", &mut "abc".as_bytes()).unwrap();
        let lying = FileFact { size: 4, ..real };
        assert!(clinic.submit(&operator(), attach(&lying)).is_err());
        assert_eq!(clinic.isms().size(), 3);
    });
}
