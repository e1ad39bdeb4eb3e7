// Package redis asks: how do many machines grab from one red packet, when any of them, the network
// and the store may fail in the middle of a grab?
//
// An Envelope is one key of a Redis. There is one script, which Redis carries out as a whole: it
// finds what a user has, or gives him the next packet. Nobody holds a lock that he could die with,
// and whoever has lost the answer asks again.
//
// The store has no amounts. They follow from the seed, and each process draws them once; what is
// stored is who has which index. The key is a hash with a field for each user, so that all of it is
// in one place: a cluster has nothing to keep together, and if the key is lost, all of it is, which
// is noticed. A list of packets beside a hash of users, which is the usual way, can lose one of them,
// and then gives packets away twice.
//
// What a Redis has promised it can forget. One that does not append to a file before it answers
// (appendfsync always) loses up to a second when it dies, and a replica that takes over may not have
// the last writes yet: the packets of those users are given away again. If that must not be, ask
// for both settings, or see package durable, on one machine.
//
// Read redis.go (the contract and the scripts), answer.go (what an error means), then split.go (what
// is stored).
//
// This is the only package that imports a client of Redis: 35 s of compilation, which no other
// program here has to wait for.
package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/recipe"
)

// MaxUser is how long the name of a user may be, in bytes.
const MaxUser = 1 << 10

// The errors of an Envelope, beside grab.ErrSoldOut and grab.ErrUnknown: errors.Is.
var (
	// ErrGone is the answer when the key has been deleted, or has become another split's, since
	// Open. Nothing has been given away then.
	ErrGone = errors.New("the red packet is not there any more")

	// ErrOther is the error of Open for a key that holds something else than is asked for: another
	// split, a split of another version, or no split at all.
	ErrOther = errors.New("the key holds something else")
)

// Envelope is a split in a Redis, and who has been given what. It is used by as many goroutines,
// processes and machines as there are. It keeps 8 bytes a packet in each of them; Redis keeps
// 50 to 65 and the name for each user.
type Envelope struct {
	client  rueidis.Client
	key     string
	id      string // of this split, and no other one that ever had the key
	recipe  recipe.Recipe
	amounts []int64
}

// A hash has one field more for each user, whose name begins with userMark, and these.
const (
	idField    = "id"
	splitField = "split"
	fields     = 2
	userMark   = "="
)

// The scripts. Each touches one key and writes once, if at all: either it has happened or it has
// not. Their answers to a key that holds no such split begin with GONE.
var (
	// KEYS: the envelope. ARGV: its id, the field of the user, how many packets there are.
	// Returns the index and whether he had it, or nothing if there is none.
	grabScript = rueidis.NewLuaScript(`
local had = redis.call('HMGET', KEYS[1], '` + idField + `', ARGV[2])
if had[1] ~= ARGV[1] then
	return redis.error_reply('` + gone + `')
end
if had[2] then
	return {had[2], 1}
end
local index = redis.call('HLEN', KEYS[1]) - ` + strconv.Itoa(fields) + `
if index >= tonumber(ARGV[3]) then
	return {}
end
redis.call('HSET', KEYS[1], ARGV[2], index)
return {index, 0}
`)

	// KEYS: the envelope. ARGV: its id. Returns how many packets have been given away.
	countScript = rueidis.NewLuaScript(`
if redis.call('HGET', KEYS[1], '` + idField + `') ~= ARGV[1] then
	return redis.error_reply('` + gone + `')
end
return redis.call('HLEN', KEYS[1]) - ` + strconv.Itoa(fields) + `
`)

	// KEYS: the envelope. ARGV: an id and a split. Returns those that there are: these, if there
	// were none.
	createScript = rueidis.NewLuaScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then
	redis.call('HSET', KEYS[1], '` + idField + `', ARGV[1], '` + splitField + `', ARGV[2])
end
return redis.call('HMGET', KEYS[1], '` + idField + `', '` + splitField + `')
`)
)

// Grab gives user a packet: the next one, or the one that he was given before, by whichever process,
// with Again set.
//
// The error is
//   - grab.ErrSoldOut if all packets are others';
//   - the cause of ctx if ctx ended before Redis was asked;
//   - grab.ErrUnknown, and the cause of ctx or what went wrong on the way, if Redis may have been asked
//     and there was no answer. If it gave him something, the next Grab finds it, with Again set;
//   - what Redis said if it refused: it is out of memory, a replica, still loading. Then, and if it
//     could not be reached, user has been given nothing by this Grab;
//   - ErrGone.
//
// Grab does not try again by itself, and waits as long as ctx and the client's ConnWriteTimeout,
// 10 s by default, allow. A client with AlwaysPipelining hears of the end of a ctx at once, and
// others when its deadline has come.
func (e *Envelope) Grab(ctx context.Context, user string) (grab.Grant, error) {
	if len(user) > MaxUser {
		return grab.Grant{}, fmt.Errorf("grab: the name of the user has %d bytes, which is more than %d", len(user), MaxUser)
	}
	if ctx.Err() != nil {
		return grab.Grant{}, context.Cause(ctx)
	}
	answer, err := grabScript.Exec(ctx, e.client, []string{e.key},
		[]string{e.id, userMark + user, strconv.Itoa(len(e.amounts))}).ToArray()
	switch {
	case err != nil:
		return grab.Grant{}, fmt.Errorf("grab: %w", failure(ctx, err))
	case len(answer) == 0:
		return grab.Grant{}, grab.ErrSoldOut
	case len(answer) != 2:
		return grab.Grant{}, fmt.Errorf("grab: somebody else has answered: %v", answer)
	}
	again, _ := answer[1].ToInt64()
	index, err := answer[0].AsInt64() // a number for who is new, and what is in the hash for who is not
	if err != nil || index < 0 || index >= int64(len(e.amounts)) {
		return grab.Grant{}, fmt.Errorf("grab: somebody else writes to %s: %v", e.key, &answer[0])
	}
	return grab.Grant{Index: int(index), Amount: e.amounts[index], Again: again == 1}, nil
}

// Params returns what was split.
func (e *Envelope) Params() redpacket.Params { return e.recipe.Params }

// Left returns how many packets there are to be given away.
func (e *Envelope) Left(ctx context.Context) (int, error) {
	given, err := e.given(ctx)
	if err != nil {
		return 0, fmt.Errorf("count what is left: %w", err)
	}
	return len(e.amounts) - given, nil
}

// Grants returns what has been given up to one moment, by Index, without Again.
func (e *Envelope) Grants(ctx context.Context) ([]grab.Grant, error) {
	given, err := e.given(ctx)
	if err != nil {
		return nil, fmt.Errorf("list what was given: %w", err)
	}
	grants := make([]grab.Grant, given)
	for i := range grants {
		grants[i] = grab.Grant{Index: i, Amount: e.amounts[i]}
	}
	return grants, nil
}

func (e *Envelope) given(ctx context.Context) (int, error) {
	n, err := countScript.Exec(ctx, e.client, []string{e.key}, []string{e.id}).AsInt64()
	if err != nil {
		return 0, reading(ctx, err)
	}
	if n > int64(len(e.amounts)) {
		return 0, fmt.Errorf("somebody else writes to %s: it has %d grants", e.key, n)
	}
	return int(n), nil
}

// Holders returns who has been given what. It has everybody who had something when it was called,
// and perhaps some who came later. Redis is asked for some at a time, and has time for others in
// between.
func (e *Envelope) Holders(ctx context.Context) (map[string]grab.Grant, error) {
	holders := make(map[string]grab.Grant)
	for cursor := uint64(0); ; {
		scan := e.client.B().Hscan().Key(e.key).Cursor(cursor).Count(1000).Build()
		page, err := e.client.Do(ctx, scan).AsScanEntry()
		if err != nil {
			return nil, fmt.Errorf("list who has what: %w", reading(ctx, err))
		}
		for i := 0; i+1 < len(page.Elements); i += 2 {
			if err := e.hold(holders, page.Elements[i], page.Elements[i+1]); err != nil {
				return nil, fmt.Errorf("list who has what: %w", err)
			}
		}
		if cursor = page.Cursor; cursor == 0 {
			break
		}
	}
	if _, err := e.given(ctx); err != nil { // whether it was there all the time
		return nil, fmt.Errorf("list who has what: %w", err)
	}
	return holders, nil
}

// hold adds a field of the hash to holders, if it is that of a user.
func (e *Envelope) hold(holders map[string]grab.Grant, field, value string) error {
	if field == idField || field == splitField {
		return nil
	}
	user, ok := strings.CutPrefix(field, userMark)
	index, err := strconv.Atoi(value)
	if !ok || err != nil || index < 0 || index >= len(e.amounts) {
		return fmt.Errorf("somebody else writes to %s: %q has %q", e.key, field, value)
	}
	holders[user] = grab.Grant{Index: index, Amount: e.amounts[index]}
	return nil
}
