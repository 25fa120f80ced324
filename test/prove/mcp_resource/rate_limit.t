# mcp_rate_limit in a zone: who is counted, what is counted, and what a client is told; what is refused costs nothing.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Audit qw(audit_lines faults);
use TestNginx::Mcp;

use JSON::PP ();
use Time::HiRes ();

my $backend = run_origin();
$backend->answer('/', body => 'backend', headers => [['RateLimit' => '"backend";r=1'], ['X-RateLimit-Limit' => '7']]);
my $port  = $backend->port;
my $proxy = "proxy_pass http://127.0.0.1:$port;";
# An hour: nothing comes back while the test runs.
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'other.json' => jwks('p256'), users => "me:{PLAIN}secret\n" });
    mcp_zone mcp 1m;
    log_format record escape=none '\$mcp_audit';
    server {
        listen 127.0.0.1:%%PORT%%;
        location /subject { $protected mcp_rate_limit rate=1r/h burst=2; $proxy }
        location /client  { $protected mcp_rate_limit rate=1r/h by=client; $proxy }
        location /address { $protected mcp_rate_limit rate=1r/h by=address; $proxy }
        location /tool    { $protected mcp_rate_limit rate=2r/h burst=1 tool=write_*; $proxy }
        location /both    { $protected mcp_rate_limit rate=1r/h burst=9; mcp_rate_limit rate=1r/h by=client burst=1 method=tools/call; access_log %%TESTDIR%%/record record; $proxy }
        location /x       { $protected mcp_rate_limit rate=2r/h algorithm=fixed_window; mcp_rate_limit_x_headers on; $proxy }
        location /open    { $protected mcp_allow_anonymous ping; mcp_rate_limit rate=1r/h; $proxy }
        location /elsewhere { $protected mcp_rate_limit rate=1r/h burst=8; $proxy }
        location /any     { $protected satisfy any; auth_basic x; auth_basic_user_file users; mcp_rate_limit rate=7r/h by=issuer; $proxy }
        location /led     { $protected mcp_rate_limit rate=1r/h burst=3; try_files /nothing \@led; }
        location \@led    { $proxy }
        location /twice   { $protected mcp_rate_limit rate=1r/h burst=1; error_page 502 = \@spare; proxy_pass http://127.0.0.1:1; }
        location \@spare  { $protected mcp_rate_limit rate=1r/h burst=1; $proxy }
        location /parts   { $protected mcp_rate_limit rate=1r/h burst=2; auth_request /part; $proxy }
        location = /part  { internal; $protected mcp_rate_limit rate=1r/h burst=2; return 204; }
        location /free    { $protected $proxy }
        location /window  { $protected mcp_rate_limit rate=3r/s; $proxy }
    }
    server { listen 127.0.0.1:%%PORT_ISSUERS%%;
        location /issuer  { mcp_resource $resource; mcp_authorization_server https://as.example.com https://other.example.com; mcp_jwks jwks.json issuer=https://as.example.com; mcp_jwks other.json issuer=https://other.example.com; mcp_rate_limit rate=1r/h by=issuer; $proxy }
    }
CONF

my $user = 0;
sub new_user () { return 'user-' . ++$user }
sub reached () { my @all = $backend->requests; return scalar @all }
sub call ($path, $name, $token, %more) { return post($nginx, $path, message('tools/call', name => $name), token => $token, %more) }

# --- what a client is told ------------------------------------------------------------------------------------------------

my $alice = access_token(sub => 'alice');
for my $left (2, 1, 0) {
    my $passed = $nginx->get('/subject', token => $alice);
    is $passed->status, 200, "request with $left left: passes";
    is $passed->header('RateLimit-Policy'), '"subject";q=3;w=3600', 'SPEC 100: ... and is told the policy';
    like $passed->header('RateLimit'), qr/\A"subject";r=$left;t=\d+\z/, '... and what is left, and not what the backend says';
    is $passed->header('X-RateLimit-Limit'), 7, '... the headers of the backend stay where ours are not asked for';
}
my $before  = reached();
my $refused = post($nginx, '/subject', message('ping'), token => $alice);
is $refused->status, 429, 'one more is refused';
cmp_ok $refused->header('Retry-After'), '>', 3500, 'SPEC 100: ... and told when it would pass';
cmp_ok $refused->header('Retry-After'), '<=', 3600, '... which is when the first is paid for';
like $refused->header('RateLimit'), qr/\A"subject";r=0;t=\d+\z/, '... with nothing left';
is $refused->header('Cache-Control'), 'no-store', '... for this moment';
is $refused->header('WWW-Authenticate'), undef, '... without a challenge: the token is good';
my $error = from_json($refused->body);
is_deeply [@{$error}{qw(jsonrpc id)}, $error->{error}{code}, $error->{error}{data}{reason}], ['2.0', 1, -32013, 'rate_limited'], '... as a JSON-RPC error of its request';
is reached(), $before, '... the backend heard nothing of it';
like join("\n", $nginx->log_lines), qr/refused with 429 \(\w{8}\): rate_limited: too many requests: subject \(1r\/h, burst 2, by subject\),/, '... and the log says by which limit';
my $get = $nginx->get('/subject', token => $alice);
is $get->status, 429, 'GET counts as well';
is from_json($get->body)->{error}, 'rate_limited', '... and is told in a body of its own kind';
is $nginx->get('/free', token => $alice)->header('RateLimit'), '"backend";r=1', 'where nothing is limited, nothing is said';

# --- who is counted -------------------------------------------------------------------------------------------------------

is $nginx->get('/subject', token => access_token(sub => 'alice', jti => 'another', client_id => 'c2'))->status, 429, 'another token of the same subject';
is $nginx->get('/subject', token => access_token(sub => 'bob'))->status, 200, 'another subject';
is post($nginx, '/subject', message('initialize', protocolVersion => '2025-11-25'), token => $alice)->status, 429, 'a new session resets nothing';
my $nobody = $nginx->get('/subject', token => access_token(sub => undef));
is $nobody->status, 401, 'a token without a subject is refused where its subject counts';
like $nobody->header('WWW-Authenticate'), qr/error="invalid_token"/, '... with a challenge';
like join("\n", $nginx->log_lines), qr/limit_caller_missing/, '... and a reason of its own';
is $nginx->get('/subject', token => access_token(sub => $_))->status, 401, 'a subject that is none: ' . to_json($_) for '', ['alice'], { alice => 1 }, JSON::PP::true();
is $nginx->get('/subject', token => access_token(sub => "alice$_"))->status, 200, 'a subject that begins like another' for "\0", ' ', ':', "\n";
is $nginx->get('/subject', token => access_token(sub => 'x' x 4000))->status, 200, 'a long subject';

my @clients = (access_token(sub => 'a', client_id => 'c'), access_token(sub => 'b', client_id => 'c'), access_token(sub => 'a', client_id => 'd'));
is_deeply [map { $nginx->get('/client', token => $_)->status } @clients], [200, 429, 200], 'by=client: two subjects of one client share';
is $nginx->get('/client', token => access_token(client_id => undef))->status, 401, '... a token that names none is refused';
my @issuers = map { access_token(sub => 'a', iss => "https://$_.example.com") } qw(as other as);
is_deeply [map { $nginx->get('/issuer', token => $_, port => 'PORT_ISSUERS')->status } @issuers], [200, 200, 429], 'by=issuer';
is_deeply [map { $nginx->get('/address', token => $_)->status } @clients], [200, 429, 429], 'by=address: whoever it is';

# --- what is counted ------------------------------------------------------------------------------------------------------

my $carol = access_token(sub => 'carol');
is call('/tool', 'read_file', $carol)->status, 200, 'a tool that no limit is about' for 1 .. 3;
is call('/tool', 'read_file', $carol)->header('RateLimit'), '"backend";r=1', '... is told of none';
is_deeply [map { call('/tool', $_, $carol)->status } qw(write_a write_b write_c)], [200, 200, 429], 'tools of one pattern count together';
my $told = call('/tool', 'write_c', $carol);
my $limited = from_json($told->body)->{error};
is $limited->{data}{retry_after}, $told->header('Retry-After'), 'a client whose user sees no headers is told when to come again';
like $limited->{message}, qr/: subject, try again in $limited->{data}{retry_after} s \(\w{8}\)\z/, '... in words';
is post($nginx, '/tool', message('tools/list'), token => $carol)->status, 200, 'others pass all the while';
sub batch (@names) { return to_json([map { { jsonrpc => '2.0', id => $_, method => 'tools/call', params => { name => $_ } } } @names]) }
my $dave = access_token(sub => 'dave');
my $never = post($nginx, '/tool', batch(qw(write_a write_b write_c)), token => $dave);
is $never->status, 429, 'a batch of more than ever may pass';
is $never->header('Retry-After'), undef, '... is not told to come again';
unlike $never->body, qr/again|retry/, '... by no part of the answer';
like join("\n", $nginx->log_lines), qr/rate_limited: too many requests: it asks for more at once than this limit ever lets pass \(subject, 2r\/h, burst 1, by subject: tools\/call write_\*\)/, '... and the log says by which limit';
is post($nginx, '/tool', batch(qw(write_a write_b read_a)), token => $dave)->status, 200, '... has cost nothing; each call of a batch counts';
is call('/tool', 'write_a', $dave)->status, 429, '... all of them';

# --- several at once ------------------------------------------------------------------------------------------------------

my $erin = access_token(sub => 'erin', client_id => 'erins');
is call('/both', 'a', $erin)->status, 200, 'both pass';
my $tightest = call('/both', 'a', $erin);
is $tightest->header('RateLimit-Policy'), '"subject";q=10;w=3600, "client";q=2;w=3600', 'all that apply are told';
like $tightest->header('RateLimit'), qr/\A"subject";r=8;t=\d+, "client";r=0;t=\d+\z/, '... with what is left of each';
is call('/both', 'a', $erin)->status, 429, 'the tighter one refuses' for 1 .. 3;
my $records = $nginx->dir . '/record';
ok wait_for(5, sub { audit_lines($records) == 5 }), '... each has its record';
my ($record) = reverse audit_lines($records);
is from_json($record)->{limit}, 'client', '... which names that limit';
is_deeply [faults($record)], [], '... and is valid by the schema';
like post($nginx, '/both', message('ping'), token => $erin)->header('RateLimit'), qr/\A"subject";r=7;t=\d+\z/, '... and nothing of that counted for the other';

# --- one request, several locations -----------------------------------------------------------------------------------------

my $grace = access_token(sub => 'grace');
my $twice = $nginx->get('/twice', token => $grace);
is $twice->status, 200, 'a request that nginx leads through two locations with one limit';
like $twice->header('RateLimit'), qr/\A"subject";r=1;t=\d+\z/, '... is counted once';
is_deeply [map { $nginx->get('/twice', token => $grace)->status } 1 .. 2], [200, 429], '... and refused as others are';
is_deeply [map { $nginx->get('/parts', token => $grace)->status } 1 .. 4], [200, 200, 200, 429], 'so is one with a subrequest';

# --- without a token, and the headers that others know ----------------------------------------------------------------------

is_deeply [map { post($nginx, '/open', message('ping'))->status } 1 .. 2], [200, 429], 'who needs no token is counted by address';
is post($nginx, '/open', message('ping'), token => access_token(sub => new_user()))->status, 200, '... and nobody else by that';
my $x = $nginx->get('/x', token => access_token(sub => new_user()));
is join(' ', map { $x->header("X-RateLimit-$_") } qw(Limit Remaining)), '2 1', 'X-RateLimit-* where they are asked for';
like $x->header('X-RateLimit-Reset'), qr/\A(3600|35\d\d)\z/, '... the time in seconds';

is $nginx->get('/any', token => access_token(sub => new_user()))->status, 200, 'with "satisfy any"';
my $any = post($nginx, '/any', message('ping'), token => access_token(sub => new_user()));
is $any->status, 429, '... a limit is a limit: nobody else is asked';
is from_json($any->body)->{error}{code}, -32013, '... and says so itself';
like $nginx->get('/led', token => access_token(sub => new_user()))->header('RateLimit'), qr/\A"subject";r=3;/, 'also where another location answers';

# --- time, and workers ------------------------------------------------------------------------------------------------------

my $frank = access_token(sub => 'frank');
my $begin = Time::HiRes::time();
my $passed = grep { $nginx->get('/window', token => $frank)->status == 200 } 1 .. 40;
my $took = Time::HiRes::time() - $begin;
cmp_ok $passed, '<=', 1 + 3 * $took + 1, 'as many as the time allows';
cmp_ok $passed, '>=', 1, '... at least one';
Time::HiRes::sleep(0.4);
is $nginx->get('/window', token => $frank)->status, 200, 'and then one more';

is_deeply [map { $nginx->get('/elsewhere', token => $alice)->header('RateLimit') // '' } 1], ['"subject";r=8;t=3600'], 'another rate is another count';
is $nginx->get('/subject', token => $alice)->status, 429, 'before a reload';
$nginx->reload;
is $nginx->get('/subject', token => $alice)->status, 429, 'a reload forgets nothing';

finish();
