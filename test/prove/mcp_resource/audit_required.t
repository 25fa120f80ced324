# A log on a full disk: requests go on, and nginx says so; with mcp_audit_required they are refused before the backend hears of them.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Audit qw(audit_lines faults);
use TestNginx::Mcp;

use Fcntl qw(O_NONBLOCK O_RDONLY);
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
my $proxy = "proxy_pass http://127.0.0.1:$port/;";
my $place = File::Temp->newdir;
my $is_mounted = $ENV{AUDIT_HAS_ITS_MOUNTS} && system('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=0777', 'audit', $place) == 0;
END { my $status = $?; system 'umount', '-l', $place if $is_mounted; $? = $status; }

mkfifo("$place/pipe", 0666) or die $!;
my $reader = reader();
my $nginx  = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') }, allow => qr/write\(\) to "\Q$place\E.* failed \(28|was incomplete|write\(\) to "\Q$place\E.pipe" failed/);
    log_format mcp_audit escape=none '\$mcp_audit';
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log $place/audit.log mcp_audit if=\$mcp_audit;
        location /must { $protected mcp_audit_required on; mcp_allow_anonymous ping; $proxy location /must/not { mcp_audit_required off; $proxy } }
        location /may  { $protected $proxy }
        location /pipe { $protected mcp_audit_required on; access_log $place/pipe mcp_audit; $proxy }
    }
CONF
my $file  = "$place/audit.log";
my $token = access_token();

sub reader () { sysopen my $pipe, "$place/pipe", O_RDONLY | O_NONBLOCK or die $!; return $pipe }
sub asked ($path, @more) { return $nginx->get($path, token => $token, @more) }
# The modules look once a second.
sub becomes ($path, $status, $name) { return ok wait_for(5, sub { asked($path)->status == $status || !sleep 0.1 }), "$path: $name" }

is asked('/must')->status, 200, 'as long as there is room requests pass';
is scalar audit_lines($file), 1, '... and leave a record';
my $size = -s $file;
is asked('/must')->status, 200, 'room that is reserved';
cmp_ok -s $file, '<', 2 * $size + 100, '... is none that a reader sees';

SKIP: {
    skip 'a small file system needs root, and a mount namespace', 20 if !$is_mounted;
    open my $filler, '>', "$place/filler" or die $!;
    1 while syswrite $filler, 'x' x 4096;
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
    my @told = $nginx->log =~ /write\(\) to "\Q$file\E" failed|was incomplete/g;
    is scalar @told, 1, 'once the room is used up nginx says so, once a minute';
    is asked('/may')->status, 200, '... and requests go on';

    close $filler;
    unlink "$place/filler" or die $!;
    becomes('/must', 200, 'when there is room again requests pass');
}

is asked('/pipe')->status, 200, 'a pipe that somebody reads';
sysread $reader, my $line, 65536;
is_deeply [faults($line =~ s/\n\z//r)], [], '... has the record';
close $reader;
becomes('/pipe', 503, 'a pipe that nobody reads is none to write to');
$reader = reader();
becomes('/pipe', 200, 'until somebody does');

rename $file, "$place/old" or die $!;
is asked('/must')->status, 200, 'a file that was renamed is still written';
unlink "$place/old" or die $!;
becomes('/must', 503, 'nobody reads what is written to a removed file');
kill 'USR1', $nginx->{pid};
becomes('/must', 200, 'after USR1 there is a new one');

finish();
