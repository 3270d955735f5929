package embedpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// account is whom the server runs as.
type account struct {
	name     string
	uid, gid int
	// switched: this process is root and the account is another.
	switched bool
	// self is the name of the current user, who connects.
	self string
}

// serverAccount is the current user. For root, which PostgreSQL refuses, it is
// the owner of the data, else "postgres", else "nobody".
func serverAccount(data string) (*account, error) {
	uid := os.Geteuid()
	self, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return nil, fmt.Errorf("user id %d has no entry in the user database, which initdb and peer authentication need: add one (such as a line in /etc/passwd), or name a server with --database-url: %w", uid, err)
	}
	if uid != 0 {
		return newAccount(self, self.Username)
	}
	if st, err := os.Lstat(data); err == nil {
		if owner := ownerOf(st); owner > 0 {
			u, err := user.LookupId(strconv.Itoa(owner))
			if err != nil {
				return nil, fmt.Errorf("%s belongs to user id %d, which has no entry in the user database: %w", data, owner, err)
			}
			return newAccount(u, self.Username)
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil && u.Uid != "0" {
			return newAccount(u, self.Username)
		}
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as: add one, or name a server with --database-url")
}

func newAccount(u *user.User, self string) (*account, error) {
	a := &account{name: u.Username, self: self, switched: u.Username != self}
	var err error
	if a.uid, err = strconv.Atoi(u.Uid); err != nil {
		return nil, fmt.Errorf("user %s: %w", u.Username, err)
	}
	if a.gid, err = strconv.Atoi(u.Gid); err != nil {
		return nil, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return a, nil
}

// osUsers are the operating system users that the peer map lets in.
func (a *account) osUsers() []string {
	if a.switched {
		return []string{a.self, a.name}
	}
	return []string{a.self}
}

// mustReach returns an error that names the first folder on the way to dir,
// dir included, that the account can't enter. Access lists are not looked at.
func (a *account) mustReach(dir string) error {
	if !a.switched {
		return nil
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	var blocked string
	for p := real; ; p = filepath.Dir(p) {
		st, err := os.Stat(p)
		if err != nil {
			return err
		}
		if !a.mayEnter(st) {
			blocked = p
		}
		if p == filepath.Dir(p) {
			break
		}
	}
	if blocked == "" {
		return nil
	}
	return fmt.Errorf("user %s, which PostgreSQL runs as because it refuses root, can't enter %s on the way to %s: choose a directory elsewhere, such as %s",
		a.name, blocked, dir, DefaultDir("demo"))
}

func (a *account) mayEnter(st fs.FileInfo) bool {
	uid, gid := ownerOf(st), groupOf(st)
	switch mode := st.Mode().Perm(); {
	case uid == a.uid:
		return mode&0o100 != 0
	case gid == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// own gives a folder to the account, closed to others.
func (a *account) own(dir string) error {
	if a.switched {
		if err := os.Lchown(dir, a.uid, a.gid); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700)
}

// keyDir makes dir passable for the account and closed to others as far as
// that goes. It stays this user's: where root writes, the account may not put
// links.
func (a *account) keyDir(dir string) error {
	if a.switched {
		return os.Chmod(dir, 0o711)
	}
	return os.Chmod(dir, 0o700)
}

// makeParents creates dir and the folders above it, open to the account
// whatever the umask is.
func (a *account) makeParents(dir string) error {
	err := os.Mkdir(dir, 0o755)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := a.makeParents(filepath.Dir(dir)); err != nil {
			return err
		}
		return a.makeParents(dir)
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	case a.switched:
		return os.Chmod(dir, 0o755)
	}
	return nil
}
