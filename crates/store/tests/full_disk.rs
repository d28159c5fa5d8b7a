//! A full disk is said to be full, nothing false is acknowledged, and space heals it.

use octroi_store::contract::suite::sample;
use octroi_store::{AppendError, Health, Ledger, SqliteLedger};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// A file system of 1 MiB, unmounted in the end; none where mounting is not allowed.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let place = tempfile::tempdir().ok()?;
        let options = ["-t", "tmpfs", "-o", "size=1m", "none"];
        let mounted = Command::new("mount").args(options).arg(place.path()).output().ok()?;
        mounted.status.success().then(|| Self(place))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_goes_on_when_there_is_space_again() {
    let Some(disk) = SmallDisk::mount() else {
        // The unit test with a bounded database covers the refusal where this cannot run.
        return;
    };
    let ledger = SqliteLedger::open(&disk.path().join("ledger")).unwrap();
    let filler = disk.path().join("filler");
    let mut kept = 0;
    for turn in 0..3 {
        let before = kept;
        ledger.append(sample(kept).unwrap()).await.unwrap();
        kept += 1;
        let mut file = std::fs::File::create(&filler).unwrap();
        while file.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
        let error = loop {
            match ledger.append(sample(kept).unwrap()).await {
                Ok(receipt) => assert_eq!(receipt.index(), kept),
                Err(error) => break error,
            }
            kept += 1;
        };
        assert_eq!(error, AppendError::Full, "turn {turn}");
        assert_eq!(ledger.health(), Health::Full);
        assert_eq!(ledger.size().await, Ok(kept));
        assert!(kept > before);
        drop(file);
        std::fs::remove_file(&filler).unwrap();
        let receipt = ledger.append(sample(kept).unwrap()).await.unwrap();
        assert_eq!(receipt.index(), kept);
        assert_eq!(ledger.health(), Health::Accepting);
        kept += 1;
    }
    drop(ledger);
    let ledger = SqliteLedger::open(&disk.path().join("ledger")).unwrap();
    for number in 0..kept {
        let entry = sample(number).unwrap();
        let stored = ledger.record(entry.record_id()).await.unwrap().unwrap();
        assert_eq!(stored.index, number);
    }
}
