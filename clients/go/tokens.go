package exchange

import (
	"io/ioutil"
	"os"
	"strings"
	"sync"
)

// TokenStore is where a watch keeps its place. A watch saves a token after its response was applied, never before.
type TokenStore interface {
	Load() (string, error)
	Save(token string) error
}

// MemoryToken is a place that is forgotten with the process.
type MemoryToken struct {
	lock  sync.Mutex
	token string
}

// NewMemoryToken begins at a token; "" begins with a snapshot.
func NewMemoryToken(token string) *MemoryToken { return &MemoryToken{token: token} }

func (m *MemoryToken) Load() (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.token, nil
}

func (m *MemoryToken) Save(token string) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.token = token
	return nil
}

// FileToken is a place in a file of that path, which is written whole or not at all. A system with a database keeps the token
// there instead, in the transaction that applies the response.
type FileToken string

func (path FileToken) Load() (string, error) {
	text, err := ioutil.ReadFile(string(path))
	if os.IsNotExist(err) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}

func (path FileToken) Save(token string) error {
	file, err := os.Create(string(path) + ".new")
	if err != nil {
		return err
	}
	if _, err = file.WriteString(token + "\n"); err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(string(path)+".new", string(path))
}
