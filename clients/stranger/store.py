"""What this node keeps, in SQLite, as docs/partners/sync.md says (What to store)."""

import contextlib
import os
import sqlite3

TABLES = """
create table if not exists record (kind text, id blob, clock text, node text, revision integer, state integer,
  envelope blob, bucket integer, item blob, primary key (kind, id)) without rowid;
create table if not exists fence (kind text, id blob, clock text, node text, revision integer, consent text,
  primary key (kind, id)) without rowid;
create table if not exists quarantine (kind text, id blob, clock text, node text, revision integer, epoch text,
  reason integer, message text, change blob, bucket integer, item blob, primary key (kind, id)) without rowid;
create table if not exists waiting (kind text, id blob, missing_kind text, missing_id blob,
  primary key (kind, id, missing_kind, missing_id)) without rowid;
create index if not exists awaited on waiting (missing_kind, missing_id);
create table if not exists cursor (partner text primary key, epoch text, position text) without rowid;
create table if not exists receipt (partner text primary key, number text, bytes blob) without rowid;
"""


class Store:
    """One connection, for one session at a time."""

    def __init__(self, folder):
        self.database = sqlite3.connect(os.path.join(folder, "store.db"), isolation_level=None, check_same_thread=False)
        # Commits are forced to disk, and what is deleted is written over.
        self.database.execute("pragma journal_mode = delete")
        self.database.execute("pragma synchronous = extra")
        self.database.execute("pragma secure_delete = on")
        self.database.executescript(TABLES)

    @contextlib.contextmanager
    def transaction(self):
        self.database.execute("begin immediate")
        try:
            yield self.database
            self.database.execute("commit")
        except BaseException:
            self.database.execute("rollback")
            raise

    def one(self, query, *values):
        return self.database.execute(query, values).fetchone()

    def all(self, query, *values):
        return self.database.execute(query, values).fetchall()

    def cursor(self, partner):
        found = self.one("select epoch, position from cursor where partner = ?", partner)
        return (found[0], int(found[1])) if found else ("", 0)

    def receipt(self, partner):
        found = self.one("select bytes from receipt where partner = ?", partner)
        return found[0] if found else None

    def keep_receipt(self, partner, number, data):
        with self.transaction() as database:
            database.execute("replace into receipt values (?, ?, ?)", (partner, str(number), data))

    def close(self):
        self.database.close()
