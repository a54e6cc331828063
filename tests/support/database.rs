//! A database for one test: a file, or, with `LABHAND_TEST_STORE=postgres`, a schema of its own on a
//! PostgreSQL server. The server is that of `LABHAND_TEST_POSTGRES_URL`, else one that is started
//! from the machine's binaries in a temporary folder and ends with the test's process.

use std::env;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// It lasts as long as this does.
pub struct Database {
    url: String,
    _folder: TempDir,
}

impl Database {
    /// An empty one.
    pub async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = if is_postgres() {
            schema(server()).await
        } else {
            format!("sqlite://{}", folder.path().join("labhand.db").display())
        };
        Self {
            url,
            _folder: folder,
        }
    }

    /// As `LABHAND_STORE__URL` has it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Whether this run is about PostgreSQL.
pub fn is_postgres() -> bool {
    match env::var("LABHAND_TEST_STORE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("LABHAND_TEST_STORE is {other}; there are sqlite and postgres"),
    }
}

/// Whether there is a server, or one could be started.
#[allow(dead_code, reason = "one of the tests that share this asks")]
pub fn has_postgres() -> bool {
    env::var_os("LABHAND_TEST_POSTGRES_URL").is_some() || binaries().is_some()
}

async fn schema(server: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("labhand_test_{}_{number}", std::process::id());
    let mut connection = PgConnection::connect(server).await.expect("the server");
    let statement = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .expect("a schema");
    connection.close().await.expect("a farewell");
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options[search_path]={name}")
}

fn server() -> &'static str {
    static SERVER: OnceLock<(String, Option<Child>)> = OnceLock::new();
    let (url, _until_we_end) = SERVER.get_or_init(|| {
        if let Ok(url) = env::var("LABHAND_TEST_POSTGRES_URL") {
            return (url, None);
        }
        let binaries = binaries().expect(
            "PostgreSQL is not here: install it (Debian: postgresql), or name a server in \
             LABHAND_TEST_POSTGRES_URL",
        );
        let (url, keeper) = start(&binaries);
        (url, Some(keeper))
    });
    url
}

/// Where `initdb` and `pg_ctl` are. Debian keeps them outside PATH, one folder for each version.
fn binaries() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let versions = Path::new("/usr/lib/postgresql").read_dir();
    let packaged = versions.into_iter().flatten().flatten();
    let packaged = packaged.map(|version| version.path().join("bin"));
    packaged
        .chain(env::split_paths(&path))
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

/// Starts a server, and with it a shell that stops it when the pipe to it closes: that happens
/// however this process ends.
fn start(binaries: &Path) -> (String, Child) {
    let folder = TempDir::new().expect("a folder").keep();
    let port = free_port();
    // The server refuses to run as root.
    let as_user = if run("id", &["-u"]).trim() == "0" {
        run("chown", &["postgres", &folder.to_string_lossy()]);
        "runuser -u postgres -- "
    } else {
        ""
    };
    let (bin, folder) = (binaries.display(), folder.display());
    // Nothing has to survive a power cut here.
    let settings = format!(
        "-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off \
         -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
    );
    let script = format!(
        "cd / && {as_user}{bin}/initdb -D {folder}/data -U labhand -A trust -E UTF8 --locale=C \
         --no-sync && {as_user}{bin}/pg_ctl -D {folder}/data -l {folder}/log -w -o '{settings}' start"
    );
    run("sh", &["-c", &script]);
    let until = format!(
        "cat >/dev/null; cd /; {as_user}{bin}/pg_ctl -D {folder}/data -m immediate stop; rm -rf {folder}"
    );
    let keeper = Command::new("sh")
        .args(["-c", &until])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C ends the tests, and then this stops the server.
        .process_group(0)
        .spawn()
        .expect("a shell");
    (
        format!("postgres://labhand@127.0.0.1:{port}/postgres?sslmode=disable"),
        keeper,
    )
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("a port").port()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
