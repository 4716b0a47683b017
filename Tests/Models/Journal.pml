/*
 * The journal of one partition: how it is claimed, released, shortened and rebuilt. Checked by `scripts/test --models`
 * with the configurations of Journal.table; the rules are those of the design of several hosts over one journal.
 *
 * Modelled:
 *   - The journal: a log of records that appends from several hosts reach late. A publishing connection that breaks
 *     leaves its messages behind (`adrift`): they are appended later, in their order, or lost. A broker node that takes
 *     over may append a record twice (DUPS), or lose one and append what follows (LOSSES). Retention removes the oldest
 *     records (`first` rises).
 *   - The queue of inputs with one active consumer. The broker may drop that consumer without the host noticing (DROPS).
 *   - A host: a file that holds the fold of a prefix of the journal, a reader that starts one record before the file's
 *     position, a writer that counts a step when the reader has seen it. It claims, commits, doubts, releases to a named
 *     host, passes when another host is named, is killed with or without its file (CRASHES), takes snapshots, removes
 *     those that are out of date, and rebuilds its file from a snapshot. In doubt about what it sent, at any time, it may
 *     claim again and go on with what it has in memory (RENEWS), also when the broker delivers to another host by then.
 *   - A snapshot: a copy of the file, uploaded in two steps. The host may be killed or lose its claim between them.
 *
 * Not modelled: time (any host may be slow at any point, so every time limit is covered, but no duration is checked),
 * several journals (journal IDs), records larger than one message, beats and the assignment of partitions (a host may
 * claim whenever the broker makes it the active consumer), damaged files, and a broker that loses what was read.
 *
 * Properties; the name is that of the assertion in the output:
 *   once      an input counts at most once
 *   chain     a step that counts was built on exactly the steps that count before it
 *   output    an output is published, and an input acknowledged, only for a step that counts
 *   fold      the file of every host is the fold of the journal up to its position, whatever it was built from
 *   rebuild   a host without a file finds something to build it from
 *   rest      when nothing can happen any more, every input counts and is acknowledged (unless LMAX or CLAIMS was reached)
 *
 * Each `BUG_…` is an error that one of these properties finds.
 */
#ifndef HOSTS
#define HOSTS 2
#endif
#ifndef INPUTS
#define INPUTS 2       /* at most 3 */
#endif
#ifndef LMAX
#define LMAX 7         /* records in the journal, the first of them GENESIS */
#endif
#ifndef CLAIMS
#define CLAIMS 2
#endif
#ifndef SNAPSHOTS
#define SNAPSHOTS 0    /* at most 2 */
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef DROPS
#define DROPS 0
#endif
#ifndef BREAKS
#define BREAKS 0
#endif
#ifndef DUPS
#define DUPS 0
#endif
#ifndef MOVES
#define MOVES 0
#endif
#ifndef RENEWS
#define RENEWS 0
#endif
#ifndef LOSSES
#define LOSSES 0
#endif
#ifndef WINDOW
#define WINDOW 2       /* records that a host may have on their way */
#endif

#define NONE 15
#define BIT(n) (1 << (n))

mtype = { GENESIS, CLAIM, STEP, SNAPSHOT, RELEASE };

/* `what`: the input of a STEP, the upload of a SNAPSHOT, the host that a RELEASE names.
 * `base`: how many steps a STEP was built on, the position that a SNAPSHOT says it contains. */
typedef Record { mtype kind; byte claim, epoch, seq, what, base };

/* What a reader knows after some prefix: the header of the file, the inputs taken, the newest snapshot that counts and the
 * position that it names, and the host that a release named. */
typedef Fold { byte epoch, claim = NONE, next, done, steps, newest = NONE, safe, to = NONE };

#define SAME(a, b) (a.epoch == b.epoch && a.claim == b.claim && a.next == b.next && a.done == b.done \
    && a.steps == b.steps && a.newest == b.newest && a.safe == b.safe && a.to == b.to)

inline copy(a, b) {
    a.epoch = b.epoch; a.claim = b.claim; a.next = b.next; a.done = b.done;
    a.steps = b.steps; a.newest = b.newest; a.safe = b.safe; a.to = b.to
}

Record log[LMAX];
byte used, first;         /* records appended; offset of the oldest one that is kept */
Fold truth[LMAX + 1];     /* the fold of the first n records, which no host sees */
#define NOW truth[used]

#define ABSENT 0
#define HALF 1
#define WHOLE 2
#define DELETED 3
#define UPLOADS (SNAPSHOTS + 1)     /* an array needs an element */
typedef Upload { byte state, at, madeIn; Fold file };
Upload upload[UPLOADS];
byte uploads;

#define READY 14
#define ACKED 13
byte serving;             /* the host that the broker delivers to */
byte heldBy[INPUTS] = READY;
byte named = NONE;        /* the host that a release under way names; only BUG_RELEASE_UNREAD looks at it */

byte claims, moves = MOVES, crashes = CRASHES, drops = DROPS, breaks = BREAKS, dups = DUPS, renews = RENEWS, losses = LOSSES;

chan net[HOSTS] = [WINDOW + 1] of { mtype, byte, byte, byte, byte, byte };
chan adrift[HOSTS] = [WINDOW + 1] of { mtype, byte, byte, byte, byte, byte };

/* Each is true until its property is violated. */
bit once = 1, chain = 1, output = 1, fold = 1, rebuild = 1, rest = 1;

/* Scratch, meaningful within one atomic step only. */
hidden mtype kind;
hidden byte claim, epoch, seq, what, base, n, found, fit, from;
hidden byte counts, over;

/* Applies record `r` to `f`, and says by `counts` whether it changed anything. `anyRelease` is 1 only for a planted bug. */
inline apply(f, r, anyRelease) {
    if
    :: r.kind == CLAIM && r.epoch == f.epoch + 1 ->
        counts = 1; f.epoch = r.epoch; f.claim = r.claim; f.next = 0; f.to = NONE
    :: r.kind != CLAIM && r.kind != GENESIS && r.claim == f.claim && r.seq == f.next ->
        counts = 1; f.next++;
        if
        :: r.kind == STEP -> f.done = f.done | BIT(r.what); f.steps++
        :: r.kind == SNAPSHOT -> f.newest = r.what; f.safe = r.base
        :: r.kind == RELEASE -> f.claim = NONE; f.to = r.what
        fi
    :: anyRelease && r.kind == RELEASE && !(r.claim == f.claim && r.seq == f.next) ->
        counts = 1; f.claim = NONE; f.to = r.what
    :: else -> counts = 0
    fi
}

/* Appends the record in the scratch variables. */
inline append() {
    log[used].kind = kind; log[used].claim = claim; log[used].epoch = epoch;
    log[used].seq = seq; log[used].what = what; log[used].base = base;
    copy(truth[used + 1], truth[used]);
    apply(truth[used + 1], log[used], 0);
    if
    :: counts && kind == STEP ->
        once = !(NOW.done & BIT(what)); assert(once);
        chain = NOW.steps == base; assert(chain)
    :: else
    fi;
    used++
}

/* The broker loses sight of host h: what it held is ready again, and the next host is the active one. */
inline detach(h) {
    n = 0;
    do
    :: n < INPUTS -> if :: heldBy[n] == h -> heldBy[n] = READY :: else fi; n++
    :: else -> break
    od;
    if :: serving == h -> serving = (h + 1) % HOSTS :: else fi
}

/* What host h has on its way goes adrift; if something of it already is, what follows is lost. */
inline cutLoose(h) {
    if
    :: empty(adrift[h]) ->
        do
        :: nempty(net[h]) -> net[h]?kind, claim, epoch, seq, what, base; adrift[h]!kind, claim, epoch, seq, what, base
        :: empty(net[h]) -> break
        od
    :: nempty(adrift[h]) ->
        do
        :: nempty(net[h]) -> net[h]?kind, claim, epoch, seq, what, base
        :: empty(net[h]) -> break
        od
    fi
}

#define DROP(c) atomic { losses > 0 && nempty(c) -> losses--; c?kind, claim, epoch, seq, what, base }
#define FROM(c) used < LMAX && nempty(c) -> c?kind, claim, epoch, seq, what, base
#define LOSE(c) atomic { nempty(c) -> do :: nempty(c) -> c?kind, claim, epoch, seq, what, base :: empty(c) -> break od }
#define AGAIN(o) kind = log[o].kind; claim = log[o].claim; epoch = log[o].epoch; \
    seq = log[o].seq; what = log[o].what; base = log[o].base

/* Retention keeps the record before the position that the newest counting snapshot names: a reader asks for that one. */
#if defined(BUG_CUT_ANYWHERE)
#define MAYCUT (first + 1 < used)
#elif defined(BUG_CUT_BEFORE_RECORD)
/* Keeps the record S and what follows it, not what the snapshot lacks. */
#define MAYCUT (NOW.newest != NONE && first + 1 < used && log[first].kind != SNAPSHOT)
#elif defined(BUG_CUT_BY_ONE)
#define MAYCUT (NOW.newest != NONE && first < NOW.safe)
#else
#define MAYCUT (NOW.newest != NONE && first + 1 < NOW.safe)
#endif

active proctype Broker() {
    atomic {
        log[0].kind = GENESIS; log[0].claim = NONE; used = 1;
        run Host(0); run Host(1);
#if HOSTS > 2
        run Host(2);
#endif
    }
    do
    :: atomic {
        if
        :: FROM(net[0])
        :: FROM(net[1])
        :: FROM(adrift[0])
        :: FROM(adrift[1])
#if HOSTS > 2
        :: FROM(net[2])
        :: FROM(adrift[2])
#endif
#if DUPS > 0
        :: dups > 0 && used > 1 && used < LMAX -> dups--; AGAIN(used - 1)
        :: dups > 0 && used > 2 && used < LMAX -> dups--; AGAIN(used - 2)
#endif
        fi;
        append() }
    :: LOSE(adrift[0])
    :: LOSE(adrift[1])
#if HOSTS > 2
    :: LOSE(adrift[2])
#endif
#if LOSSES > 0
    :: DROP(net[0])
    :: DROP(net[1])
#if HOSTS > 2
    :: DROP(net[2])
#endif
#endif
#if DROPS > 0
    :: atomic { drops > 0 -> drops--; from = serving; detach(from) }
#endif
#if SNAPSHOTS > 0
    :: atomic { MAYCUT -> first++ }
#endif
    od
}

#define FOLLOWS 0
#define CLAIMING 1
#define OWNS 2
#define LEAVES 3      /* has sent a release and waits to read it back */
#define RENEWING 4    /* has owned the partition under `mine`, has sent another claim, and waits to read that back */

/* The claim is over, for whatever reason: nothing of it stays in memory, and the channel is closed. */
inline stepBack() {
    role = FOLLOWS; mine = NONE; got = 0; flying = 0; ahead = 0; onWay = 0; making = NONE; said = 0;
    tries = 0; again = 0; told = NONE;
    detach(me)
}

/* An output leaves, and the input is acknowledged if it is still this host's. */
inline settle(i) {
    output = (NOW.done & BIT(i)) != 0; assert(output);
    if :: heldBy[i] == me -> heldBy[i] = ACKED :: else fi
}

/* The file is gone, or of no use. */
inline forget() { copy(f, truth[1]); at = 0 }

#define ROOM (len(net[me]) <= WINDOW)
inline send(k, w, b) { net[me]!k, mine, f.epoch, nextSeq, w, b; nextSeq++; onWay++ }

/* Finds the uploads that are whole and that a record of the kept journal names, and those of them that join on to it. */
inline search() {
    found = 0; fit = 0; n = first;
    do
    :: n < used ->
        if
        :: log[n].kind == SNAPSHOT && upload[log[n].what].state == WHOLE ->
            found = found | BIT(log[n].what);
            if :: upload[log[n].what].at > first -> fit = fit | BIT(log[n].what) :: else fi
        :: else
        fi;
        n++
    :: else -> break
    od
}

/* The file becomes upload u. */
inline adopt(u) {
    copy(f, upload[u].file); at = upload[u].at;
#ifdef BUG_TAIL_FROM_RECORD
    /* Goes on at the record S itself, whatever the snapshot contains. */
    n = first;
    do
    :: n < used && !(log[n].kind == SNAPSHOT && log[n].what == u) -> n++
    :: else -> break
    od;
    at = n; pos = n; open = 1
#else
    fold = SAME(f, truth[at]); assert(fold)
#endif
}

#ifdef BUG_ANY_RELEASE
#define ANY 1
#else
#define ANY 0
#endif

/* Owns the partition under claim c with what it has in memory: steps that do not count go first, as they were built. */
inline goOn(c) {
    role = OWNS; mine = c; tries = 0; nextSeq = 0; onWay = 0; again = flying;
    if :: told != NONE -> making = told; told = NONE :: else fi
}

/* Reads the record at `pos`, applies it to the file, and draws the consequences. */
inline readOne() {
    apply(f, log[pos], ANY);
    kind = log[pos].kind; claim = log[pos].claim; what = log[pos].what;
    if :: counts -> at = pos + 1 :: else fi;
    pos++; over = 0;
    fold = SAME(f, truth[pos]); assert(fold);
    if
    :: kind == CLAIM && counts ->
        passed = 0;
        if
        :: mine == claim && role == CLAIMING -> role = OWNS; nextSeq = 0
        /* What counts of what it sent was read before: the rest goes under the new claim. */
        :: role == RENEWING && (tries & BIT(claim)) -> goOn(claim)
        :: mine != claim && role != FOLLOWS && !(role == RENEWING && (tries & BIT(claim))) -> over = 1
        :: else
        fi
    :: kind == CLAIM && !counts && mine == claim -> over = 1     /* it came too late */
#ifdef BUG_AFTER_RELEASE
    /* Takes a record for committed when it sees its own number again, whether or not the fold says that it counts. */
    :: kind == STEP && mine == claim && (flying & BIT(what)) ->
#else
    :: kind == STEP && counts && mine == claim ->
#endif
#ifdef BUG_RENEW_ALL
        /* Sends again what counted while it renewed its claim. */
        if :: role != RENEWING -> flying = flying & ~BIT(what); ahead--; onWay-- :: else fi;
#else
        flying = flying & ~BIT(what); ahead--; onWay--;
#endif
        settle(what)
    :: kind == SNAPSHOT && counts && mine == claim -> onWay--; told = NONE
    :: kind == RELEASE && counts && mine == claim ->
#ifdef BUG_AFTER_RELEASE
        onWay--
#else
        over = 1
#endif
    :: else
    fi;
    if :: over -> stepBack() :: else fi
}

proctype Host(byte me) {
    Fold f; byte at, pos;                  /* the file and its position; 0: no file. How far the reader is */
    bit open;                              /* the reader has found the record that the file applied last */
    byte role, mine = NONE;                /* the claim it has sent */
    byte nextSeq, onWay, ahead;            /* its next number; records, and steps among them, not yet read back */
    byte got, flying;                      /* sets of inputs: delivered; in steps that are not yet read back */
    byte making = NONE;                    /* the upload that it is making */
    byte tries, again;                     /* claims sent to renew its own; steps to send under the renewed one */
    byte builtOn[INPUTS];                  /* how many steps a step on its way was built on */
    byte told = NONE;                      /* the upload of which a record is on its way */
    bit said, passed;

    do
    /* Open: join the file on to the journal. The first delivery must be the record applied last, at its offset. */
#if defined(BUG_TRUST_FIRST)
    :: atomic { !open && at > 0 -> open = 1; if :: at > first -> pos = at :: else -> pos = first + 1 fi }
#elif defined(BUG_TRUST_RECORD)
    /* Compares kind, claim and number, but not the offset. */
    :: atomic { !open && at > 0 ->
        if :: at > first -> from = at - 1 :: else -> from = first fi;
        if
        :: log[from].kind == log[at - 1].kind && log[from].claim == log[at - 1].claim && log[from].seq == log[at - 1].seq ->
            open = 1; pos = from + 1
        :: else -> forget()
        fi }
#else
    :: atomic { !open && at > first -> open = 1; pos = at }
    :: atomic { !open && at > 0 && at <= first -> forget() }
#endif
    /* Without a file: from the beginning, if it is kept, or from any snapshot that the journal names. */
    :: atomic { !open && at == 0 ->
        search();
        rebuild = first == 0 || fit != 0; assert(rebuild);
        if
        :: first == 0 -> copy(f, truth[1]); at = 1
        :: found & 1 -> adopt(0)
#if SNAPSHOTS > 1
        :: found & 2 -> adopt(1)
#endif
        fi }

    /* Tail: one record. A reader that retention has overtaken is given a later one, which it must notice. */
    :: atomic { open && pos < used && pos >= first -> readOne() }
#ifdef BUG_JUMP
    :: atomic { open && pos < first -> pos = first }
#endif

    /* Claim, when the broker says that this host is the active consumer; pass once, when a release names another. */
    :: atomic { open && role == FOLLOWS && serving == me && claims < CLAIMS &&
            (f.to == NONE || f.to == me || passed) && ROOM ->
        claims++; mine = claims; net[me]!CLAIM, mine, f.epoch + 1, 0, me, 0;
#ifdef BUG_RELEASE_UNREAD
        /* Takes over at once because it was told that it is named. */
        if :: named == me -> role = OWNS; nextSeq = 0 :: else -> role = CLAIMING fi
#else
        role = CLAIMING
#endif
        }
#if MOVES > 0
    :: atomic { open && role == FOLLOWS && serving == me && f.to != NONE && f.to != me && !passed -> passed = 1; detach(me) }
#endif

    /* Delivery. What a claiming host is given waits in its mailbox: as good as not yet delivered. */
#define DELIVER(i) atomic { role == OWNS && serving == me && heldBy[i] == READY -> heldBy[i] = me; got = got | BIT(i) }
#if defined(GO_ON_AFTER_RELEASE) || defined(BUG_AFTER_RELEASE)
#define MAYTAKE (role == OWNS || role == LEAVES)
#else
#define MAYTAKE (role == OWNS)
#endif
    /* Commit: one step, one record, not waiting for those before it. */
#define TAKE(i) atomic { MAYTAKE && again == 0 && onWay < WINDOW && (got & BIT(i)) && !((f.done | flying) & BIT(i)) && ROOM -> \
        builtOn[i] = f.steps + ahead; send(STEP, i, builtOn[i]); flying = flying | BIT(i); ahead++ }
#if RENEWS > 0
    /* Of those that are sent again, the one that was built first. */
#define EARLIER(i, j) ((again & BIT(j)) && builtOn[j] < builtOn[i])
#if INPUTS > 2
#define FIRST(i) (!EARLIER(i, 0) && !EARLIER(i, 1) && !EARLIER(i, 2))
#elif INPUTS > 1
#define FIRST(i) (!EARLIER(i, 0) && !EARLIER(i, 1))
#else
#define FIRST(i) (1)
#endif
#define AGAIN_SENT(i) atomic { role == OWNS && (again & BIT(i)) && FIRST(i) && onWay < WINDOW && ROOM -> \
        again = again & ~BIT(i); send(STEP, i, builtOn[i]) }
#endif
    /* Delivered again, though it counts already. */
#ifdef BUG_NO_REPEAT
#define REPEATED(i) (0) -> skip
#else
#define REPEATED(i) atomic { role == OWNS && heldBy[i] == me && (f.done & BIT(i)) -> settle(i) }
#endif
#if RENEWS > 0
    :: AGAIN_SENT(0)
#if INPUTS > 1
    :: AGAIN_SENT(1)
#endif
#if INPUTS > 2
    :: AGAIN_SENT(2)
#endif
    /* Doubt, whether or not anything is lost: claim again, and keep what is in memory. One that gets no answer tries again. */
    :: atomic { open && (role == OWNS && onWay > 0 || role == RENEWING) && again == 0 && renews > 0 && claims < CLAIMS && ROOM ->
        renews--; claims++; net[me]!CLAIM, claims, f.epoch + 1, 0, me, 0;
#ifdef BUG_RENEW_UNREAD
        goOn(claims)
#else
        role = RENEWING; tries = tries | BIT(claims)
#endif
        }
#endif
    :: DELIVER(0)
    :: TAKE(0)
    :: REPEATED(0)
#if INPUTS > 1
    :: DELIVER(1)
    :: TAKE(1)
    :: REPEATED(1)
#endif
#if INPUTS > 2
    :: DELIVER(2)
    :: TAKE(2)
    :: REPEATED(2)
#endif

#if MOVES > 0
    /* Release to another host, with nothing on the way. */
    :: atomic { role == OWNS && onWay == 0 && making == NONE && moves > 0 && ROOM ->
        moves--;
        if
        :: from = (me + 1) % HOSTS
#if HOSTS > 2
        :: from = (me + 2) % HOSTS
#endif
        fi;
        send(RELEASE, from, 0); role = LEAVES;
#ifdef BUG_RELEASE_UNREAD
        named = from
#endif
        }
#endif

#if SNAPSHOTS > 0
    /* Snapshot: copy the file, upload it, say so when all of it is there. */
    :: atomic { role == OWNS && making == NONE && uploads < SNAPSHOTS ->
        making = uploads; uploads++;
        upload[making].state = HALF; upload[making].madeIn = f.epoch; upload[making].at = at;
        copy(upload[making].file, f) }
    :: atomic { making != NONE && upload[making].state == HALF ->
        upload[making].state = WHOLE;
        if :: said -> making = NONE; said = 0 :: else fi }
    :: atomic { making != NONE && upload[making].state == DELETED -> making = NONE; said = 0 }
#ifdef BUG_ANNOUNCED_EARLY
    :: atomic { role == OWNS && making != NONE && !said && onWay < WINDOW && ROOM ->
#else
    :: atomic { role == OWNS && making != NONE && upload[making].state == WHOLE && onWay < WINDOW && ROOM ->
#endif
#ifdef BUG_POSITION
        send(SNAPSHOT, making, at);                   /* where it is now, not where the copy was made */
#else
        send(SNAPSHOT, making, upload[making].at);
#endif
        told = making;
        if :: upload[making].state == WHOLE -> making = NONE :: else -> said = 1 fi }

    /* Remove what is out of date: what was made before the newest upload that counts, in an earlier epoch or earlier in the
     * same one. A host that has lost its claim without knowing may do so late. What was made in an earlier epoch may still
     * come to count under a renewed claim. */
#ifdef BUG_REMOVES_UNKNOWN
#define MAYREMOVE(u) (u != f.newest && u != making)
#elif defined(BUG_REMOVES_EARLIER)
#define MAYREMOVE(u) (u != f.newest && (upload[u].madeIn < f.epoch || upload[u].madeIn == f.epoch && f.newest != NONE && u < f.newest))
#else
#define MAYREMOVE(u) (f.newest != NONE && (upload[u].madeIn < upload[f.newest].madeIn || \
        upload[u].madeIn == upload[f.newest].madeIn && u < f.newest))
#endif
#define REMOVE(u) atomic { role == OWNS && (upload[u].state == HALF || upload[u].state == WHOLE) && MAYREMOVE(u) -> \
        upload[u].state = DELETED }
    :: REMOVE(0)
#if SNAPSHOTS > 1
    :: REMOVE(1)
#endif
#endif

    /* Ends of a claim that the journal does not tell. */
    :: atomic {
        if
        /* Doubt: the journal is at rest, and what was sent is not in it. */
        :: open && (onWay > 0 || role == CLAIMING || role == RENEWING) && pos == used && len(net[me]) == 0
#ifndef BUG_JUMP
        /* Retention has overtaken the reader. */
        :: open && pos < first -> open = 0; pos = 0
#endif
#if BREAKS > 0
        /* Doubt: the publishing connection breaks, with what is on its way. */
        :: breaks > 0 && nempty(net[me]) -> breaks--; cutLoose(me)
#endif
#if CRASHES > 0
        /* Killed. It starts again with its file, or without. */
        :: crashes > 0 -> crashes--; cutLoose(me); open = 0; pos = 0; passed = 0; nextSeq = 0;
            if :: skip :: forget() fi
#endif
        fi;
        stepBack() }
    od
}

/* Nothing can happen any more. */
active proctype End() {
    byte i;
    timeout ->
    if
    :: used < LMAX && claims < CLAIMS ->
        do
        :: i < INPUTS -> rest = heldBy[i] == ACKED && (NOW.done & BIT(i)) != 0; assert(rest); i++
        :: else -> break
        od
    :: else
    fi
}
