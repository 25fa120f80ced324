# A log on a full disk: requests go on, and nginx says so; with mcp_audit_required they are refused before the backend hears of them.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Audit qw(audit_lines faults);
use TestNginx::Mcp;

use Fcntl qw(O_NONBLOCK O_RDONLY O_WRONLY);
use File::Temp  ();
use JSON::PP    ();
use POSIX       qw(mkfifo);
use Time::HiRes qw(sleep);

# What is mounted here is seen by this process and its children alone, and goes with them, however they end.
if ($> == 0 && !$ENV{AUDIT_HAS_ITS_MOUNTS} && system('unshare --mount true 2>/dev/null') == 0) {
    $ENV{AUDIT_HAS_ITS_MOUNTS} = 1;
    exec 'unshare', '--mount', $^X, $0 or die "unshare: $!\n";
}

my $backend = run_origin();
my $port    = $backend->port;
$backend->answer('/', body => 'passed');
$backend->answer('//slow', body => 'passed', delay => 3);
my $proxy = "proxy_pass http://127.0.0.1:$port/;";
my $place = File::Temp->newdir;
my $is_mounted = $ENV{AUDIT_HAS_ITS_MOUNTS} && system('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=0777', 'audit', $place) == 0;
END { my $status = $?; system 'umount', '-l', $place if $is_mounted; $? = $status; }

mkfifo("$place/pipe", 0666) or die $!;
symlink '/dev/null', "$place/device" or die $!;
my $reader = reader();
my $nginx  = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'limit.log' => 'x' x 1048576 }, allow => qr/write\(\) to "\Q$place\E.* failed \(28|limit.log" failed \(27|was incomplete|write\(\) to "\Q$place\E.pipe" failed/);
    log_format mcp_audit escape=none '\$mcp_audit';
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log $place/audit.log mcp_audit if=\$mcp_audit;
        location /must { $protected mcp_audit_required on; mcp_allow_anonymous ping; $proxy location /must/not { mcp_audit_required off; $proxy } }
        location /may  { $protected $proxy }
        location /full { $protected mcp_audit_required on; mcp_scope mcp:read method=tools/call; access_log $place/full.log mcp_audit; $proxy }
        location /elsewhere { $protected mcp_audit_required on; access_log $place/full.log mcp_audit; error_page 401 /page; $proxy }
        location = /page { access_log $place/full.log mcp_audit; return 401 page; }
        location /limit { $protected mcp_audit_required on; access_log %%TESTDIR%%/limit.log mcp_audit; $proxy }
        location /device { $protected mcp_audit_required on; access_log $place/device mcp_audit; $proxy }
        location /pipe { $protected mcp_audit_required on; access_log $place/pipe mcp_audit; $proxy }
    }
CONF
my $file  = "$place/audit.log";
my $token = access_token();

sub reader () { sysopen my $pipe, "$place/pipe", O_RDONLY | O_NONBLOCK or die $!; return $pipe }
sub asked ($path, @more) { return $nginx->get($path, token => $token, @more) }
sub fill ()            { open my $filler, '>', "$place/filler" or die $!; 1 while syswrite $filler, 'x' x 4096; return }
sub make_space ()      { return unlink "$place/filler" || die $! }
sub passed_on () { my @requests = $backend->requests('//slow'); return scalar @requests }
sub refused_for_record () { my @lines = $nginx->log =~ /record_unavailable.*full\.log/g; return scalar @lines }
# The modules look once a second.
sub becomes ($path, $status, $name) { return ok wait_for(5, sub { asked($path)->status == $status || !sleep 0.1 }), "$path: $name" }

is asked('/must')->status, 200, 'as long as there is room requests pass';
is scalar audit_lines($file), 1, '... and leave a record';
my $size = -s $file;
is asked('/must')->status, 200, 'room that is reserved';
cmp_ok -s $file, '<', 2 * $size + 100, '... is none that a reader sees';

SKIP: {
    skip 'a small file system needs root, and a mount namespace', 25 if !$is_mounted;
    fill();
    becomes('/must', 503, 'on a full disk nothing passes');
    my $before = () = $backend->requests;
    my $mark   = $nginx->log_mark;
    my $answer = asked('/must', method => 'POST', body => message('tools/list'));
    is $answer->status, 503, 'a POST';
    is $answer->header('Retry-After'), 5, 'it says when to come again';
    my $error = from_json($answer->body)->{error};
    is $error->{code}, -32012, 'a JSON-RPC error';
    is $error->{data}{reason}, 'record_unavailable', 'the reason';
    like $nginx->log($mark), qr/\($error->{data}{decision_id}\): record_unavailable: .*, "\Q$file\E": No space left on device/, 'the log says which file, and what is the matter';
    is $nginx->get('/must', method => 'POST', body => message('ping'))->status, 503, 'no anonymous request passes';
    is $nginx->get('/must')->status, 401, 'who may not pass anyway is refused as ever';
    is scalar(() = $backend->requests), $before, 'the backend has heard of none';
    my ($last) = grep { /$error->{data}{decision_id}/ } audit_lines($file);
    is_deeply [faults($last)], [], 'the refusal itself has a record, in the room that was kept';
    is JSON::PP->new->utf8->decode($last)->{sub}, 'alice', '... of whom';

    is asked($_)->status, 200, "$_: without \"required\" requests go on" for qw(/must/not /may);
    asked('/may', headers => ['Mcp-Session-Id: s']) for 1 .. 400;
    my @told = $nginx->log =~ /mcp_audit_required: records are left out, as "\Q$file\E" has no space/g;
    is scalar @told, 1, 'once the room is used up, but for open requests of other locations, nginx says so, once a minute';
    is asked('/may')->status, 200, '... and requests go on';

    make_space();
    becomes('/must', 200, 'when there is room again requests pass');

    # Each has a long record, all of them more than is kept free at the least, and the disk fills while they are open.
    truncate $file, 0 or die $!;
    my $wide = access_token(sub => 's' x 256, client_id => 'c' x 256, scope => join ' ', 'mcp:read', map { "scope:$_" } 1 .. 80);
    my %call = (token => $wide, method => 'POST', body => message('tools/call', name => 'n' x 500));
    my @open = map { $nginx->begin('/full/slow', %call) } 1 .. 60;
    ok wait_for(10, sub { passed_on() + refused_for_record() >= 60 }), 'each open request is passed on or refused';
    my $admitted = passed_on();
    fill();
    my $full     = $nginx->log_mark;
    my %stranger = (headers => ["Authorization: Bearer " . 'x' x 200], method => 'POST', body => message('tools/call', name => 'n' x 500));
    my $refused  = grep { $nginx->get($_ % 2 ? '/full' : '/elsewhere', %stranger)->status == 401 } 1 .. 400;
    is $refused, 400, 'meanwhile others are refused';
    my $refusals = grep { /"decision":"refuse"/ } audit_lines("$place/full.log");
    cmp_ok $refusals, '<', 400, '... more of them than there was room kept for';
    cmp_ok $refusals, '>', 50,  '... of which all was used';
    my @left_out = $nginx->log($full) =~ /mcp_audit_required: records are left out, as "\Q$place\E\/full.log" has no space but for open requests/g;
    is scalar @left_out, 1, '... and the log says so once a minute';
    my @statuses = map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20)))[0]->status } @open;
    @open = ();    # as long as one is open nginx may wait for more of its request
    my @records;
    wait_for(5, sub { @records = grep { /"decision":"pass"/ } audit_lines("$place/full.log"); @records >= $admitted });
    cmp_ok $admitted, '>', 20, 'there was room for some';
    is scalar(grep { $_ == 200 } @statuses), $admitted, 'those that were admitted are answered';
    is scalar @records, $admitted, 'each request that passed has its record, although the disk became full while it was open';
    is_deeply [map { faults($_) } @records], [], '... a whole one';
    is_deeply [grep { /./ && !/\A\{.*\}\z/ } audit_lines("$place/full.log")], [], '... and no line was cut';
    make_space();
    truncate "$place/full.log", 0 or die $!;    # what is reserved belongs to the file
}

is asked('/pipe')->status, 200, 'a pipe that somebody reads';
sysread $reader, my $line, 65536;
is_deeply [faults($line =~ s/\n\z//r)], [], '... has the record';
my $pipe = do { sysopen my $out, "$place/pipe", O_WRONLY | O_NONBLOCK or die $!; $out };
my $second = time;
1 while time == $second;
is asked('/pipe')->status, 200, 'a pipe that has room';
1 while syswrite $pipe, 'x' x 4096;
1 while syswrite $pipe, 'x';
is asked('/pipe')->status, 503, '... and in the same second is full: a write would block the worker';
is $nginx->get('/pipe')->status, 401, '... nor does the record of a refusal block it';
close $pipe;
1 while sysread $reader, $line, 65536;
close $reader;
becomes('/pipe', 503, 'a pipe that nobody reads is none to write to');
$reader = reader();
becomes('/pipe', 200, 'until somebody does');

is asked('/device')->status, 503, 'a device that keeps nothing, behind a link, is none to write to';

SKIP: {
    skip 'no prlimit', 4 if system('prlimit --version >/dev/null 2>&1') != 0;
    is asked('/limit')->status, 200, 'without a limit of a file\'s size';
    my $worker = $nginx->worker_pid;
    system('prlimit', '--pid', $worker, '--fsize=' . (1048576 + 65536) . ':') == 0 or die;
    becomes('/limit', 503, 'near the limit, nothing passes');
    $nginx->get('/limit')->status == 401 or die for 1 .. 400;
    is $nginx->worker_pid, $worker, '... and records of refusals beyond it do not end the worker';
    system('prlimit', '--pid', $worker, '--fsize=unlimited:') == 0 or die;
    becomes('/limit', 200, 'once it is lifted requests pass');
}

rename $file, "$place/old" or die $!;
is asked('/must')->status, 200, 'a file that was renamed is still written';
unlink "$place/old" or die $!;
becomes('/must', 503, 'nobody reads what is written to a removed file');
kill 'USR1', $nginx->{pid};
becomes('/must', 200, 'after USR1 there is a new one');

finish();
