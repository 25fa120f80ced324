# $mcp_audit: each decision about a request leaves exactly one line, valid by the schema, with no token in it.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Audit qw(audit_lines faults);
use TestNginx::Mcp;

use Digest::SHA ();
use Encode      ();
use JSON::PP    ();
use Time::HiRes qw(sleep);

my $backend = run_origin();
my $port    = $backend->port;
my $proxy   = "proxy_pass http://127.0.0.1:$port;";
my $key     = 'k' x 32;
$backend->answer('/mcp',  headers => [['Content-Type', 'application/json']], body => '{"jsonrpc":"2.0","id":1,"result":{}}');
$backend->answer('/hang', hang => 1);

my $rules = 'mcp_scope a; mcp_scope b c tool=write_*; mcp_allow_anonymous ping;';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), key => "$key\n" }, log_level => 'notice'); # nginx itself shows a second Authorization header at level info
    log_format mcp_audit escape=none '\$mcp_audit';
    mcp_scopes_supported a;
    mcp_zone mcp 1m;
    mcp_max_body_size 64k;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        access_log %%TESTDIR%%/audit.log mcp_audit if=\$mcp_audit;
        location /mcp     { $protected $rules add_header X-Audit "[\$mcp_audit]" always; $proxy }
        location /hang    { $protected $rules $proxy }
        location /down    { $protected $rules proxy_pass http://127.0.0.1:1; }
        location /page    { $protected $rules error_page 401 403 = \@page; $proxy }
        location \@page   { return 200 page; }
        location /small   { $protected client_max_body_size 10; proxy_request_buffering off; $proxy }
        location /whole   { $protected $rules auth_request /sub; $proxy }
        location = /sub   { internal; log_subrequest on; return 204; }
        location /asked   { auth_request /checked; %%OK%% }
        location /checked { internal; log_subrequest on; $protected return 204; }
        location /example { $protected mcp_observe on; mcp_scope mcp:read; mcp_scope mcp:write tool=write_*; mcp_allow_anonymous ping; proxy_pass http://127.0.0.1:$port/mcp; }
        location /example/limited { $protected mcp_observe on; mcp_rate_limit rate=100r/m burst=20; mcp_rate_limit rate=1r/h tool=write_*; proxy_pass http://127.0.0.1:$port/mcp; }
        location /example/any { $protected mcp_observe on; satisfy any; allow all; proxy_pass http://127.0.0.1:$port/mcp; }
        location /public  { return 200 ok; }
        location /hashed  { $protected $rules mcp_audit identity=hash key_file=key; $proxy }
        location /hashed/page  { $protected $rules mcp_audit identity=hash key_file=key; error_page 403 = \@page; $proxy }
        location /hashed/tried { $protected $rules mcp_audit identity=hash key_file=key; try_files /nothing \@page; }
        location /keyed   { $protected $rules mcp_audit key_file=key; $proxy }
    }
CONF
my $file  = $nginx->dir . '/audit.log';
my $token = access_token(scope => 'a', client_id => 'desktop');
my @post  = ('/mcp', method => 'POST', token => $token);
my $json  = JSON::PP->new->utf8;
my @tokens = ($token);

# The records of what `does` does, when there are `count`.
sub records ($count, $does) {
    my $before = audit_lines($file);
    $does->();
    wait_for(5, sub { audit_lines($file) >= $before + $count });
    my @lines = (audit_lines($file))[$before .. audit_lines($file) - 1];
    is scalar @lines, $count, '... as many lines as decisions' or diag explain \@lines;
    is_deeply [map { faults($_) } @lines], [], '... valid by the schema' or diag explain \@lines;
    return map { $json->decode($_) } @lines;
}
sub record (@request) {
    my %options = @request[1 .. $#request];
    push @tokens, $options{token} if $options{token};
    return (records(1, sub { $nginx->get(@request) }))[0];
}
sub has ($name, $record, %wanted) {
    my %shown = map { $_ => $record->{$_} } keys %wanted;
    return is_deeply(\%shown, \%wanted, $name) || diag explain $record;
}

# --- every kind of decision ----------------------------------------------------------------------------------------------

my %alice = (iss => 'https://as.example.com', sub => 'alice', client => 'desktop', scopes => 'a', resource => $resource);
my $begin = time;
my $call  = record(@post, body => message('tools/call', name => 'read_x'), headers => ['MCP-Protocol-Version: 2025-11-25', 'Mcp-Session-Id: s-1']);
has('an allowed call', $call, version => 1, decision => 'pass', %alice, status => 200, http_method => 'POST', address => '127.0.0.1', revision => '2025-11-25',
    session => substr(Digest::SHA::sha256_hex('s-1'), 0, 16), id => undef, reason => undef);
is $call->{operations}[0]{method}, 'tools/call', 'its method';
is $call->{operations}[0]{name},   'read_x',     'its tool';
ok exists $call->{backend_ms}, 'the time of the backend';
cmp_ok $call->{bytes_received}, '>', 200, 'bytes of the request';
cmp_ok $call->{bytes_sent},     '>', 100, 'bytes of the response';
my ($year) = $call->{time} =~ /\A(\d{4})/;
is $year, (gmtime $begin)[5] + 1900, 'the year of the request, in UTC';

my $refused;
my ($missing) = records(1, sub { $refused = $nginx->get(@post, body => message('tools/call', name => 'write_x')) });
has('a refusal for scopes', $missing, decision => 'refuse', reason => 'scope_insufficient', %alice, missing => 'b c', status => 403, backend_ms => undef);
is from_json($refused->body)->{error}{data}{decision_id}, $missing->{id}, 'its id is the one that the client can quote';
like $nginx->log, qr/\($missing->{id}\)/, '... and that the error log has';
is $refused->header('X-Audit'), '[]', 'before the log phase the variable is empty: no response has the record';

has('no token', record('/mcp'), decision => 'refuse', reason => 'credentials_missing', status => 401, sub => undef, scopes => undef);
has('an expired token: nothing of it', record('/mcp', token => access_token(exp => 1)), reason => 'expired', sub => undef, iss => undef);
has('a call without a token', record('/mcp', method => 'POST', body => message('ping')), decision => 'anonymous', sub => undef, status => 200);
has('a preflight', record('/mcp', method => 'OPTIONS', headers => ['Origin: https://mcp.example.com', 'Access-Control-Request-Method: POST']), decision => 'preflight', status => 204, id => undef);
has('a foreign origin', record('/mcp', token => $token, headers => ['Origin: null']), reason => 'origin_not_allowed', status => 403);
has('no JSON', record(@post, body => '{'), reason => 'body_not_json', status => 400, operations => undef);
has('a body that is too large for the rules', record(@post, body => ' ' x 70_000), reason => 'body_too_large', status => 413);
has('a backend that is down', record('/down', method => 'POST', token => $token, body => message('tools/list')), decision => 'pass', status => 502, %alice);
has('an error page', record('/page'), decision => 'refuse', reason => 'credentials_missing', status => 200);
has('a body that is larger than nginx reads', record('/small', method => 'POST', token => $token, headers => ['Transfer-Encoding: chunked'],
    raw => "POST /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer $token\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n" . ' ' x 20 . "\r\n0\r\n\r\n"), decision => 'pass', status => 413);
has('two Authorization headers, which nginx itself refuses', record('/mcp', headers => ["Authorization: Bearer $token"], token => $token), decision => 'refuse', reason => 'request_ambiguous', status => 400, id => undef, resource => $resource, sub => undef);

my ($gone) = records(1, sub {
    my $connection = $nginx->begin('/hang', token => $token);
    wait_for(5, sub { $backend->requests('/hang') });
    close $connection;
});
has('a client that left', $gone, decision => 'pass', status => 499, %alice);

# --- one line, no more ---------------------------------------------------------------------------------------------------

records(0, sub { $nginx->get('/public', token => $token); sleep 0.1 });
records(1, sub { $nginx->get('/whole', token => $token) });
records(1, sub { $nginx->get('/asked', token => $token) });
my ($h2) = records(1, sub { $nginx->get_http2('/mcp', port => 'PORT_H2', token => $token) });
has('HTTP/2', $h2, decision => 'pass', %alice, http_method => 'GET');

# --- hostile requests ----------------------------------------------------------------------------------------------------

my @texts = ("a\nb", "\r\n{\"version\":1}", '"', '\\', "\"}\n{\"version\":1}", "\x{2028}", "\x{2029}", "\x{202e}", "\x{9b}31m", "\0", "\x7f", "\x{1F4A9}", 'x' x 50_000, "\n" x 8_000, '$mcp_audit', '%n', "\x{feff}");
# What the record says of the one operation, if nginx could read the body.
sub operation (@request) {
    my $record = record(@post, @request);
    return $record->{operations}[0] if $record->{operations};
    has('or it is refused', $record, decision => 'refuse', reason => 'body_ambiguous');
    return {};
}
for my $text (@texts) {
    my $name  = to_json(substr $text, 0, 20);
    my $wants = sub ($shown, $sent, $what) {
        return if !defined $shown;
        return length $sent < 60 ? is($shown, $sent, "$what $name") : like($shown, qr/\.\.\.[0-9a-f]{32}\z/, "$what $name, cut");
    };
    $wants->(operation(body => message('tools/call', name => "r$text"))->{name}, "r$text", 'a tool called');
    $wants->(operation(body => message("m$text"))->{method}, "m$text", 'a method called');
    record(@post, body => to_json({ jsonrpc => '2.0', id => $text, method => 'ping' }));
    if (length $text < 2_000) {
        my $record = record('/mcp', token => access_token(scope => 'a', sub => "s$text", client_id => "c$text"));
        is $record->{sub}, "s$text", "a subject called $name";
        is $record->{client}, "c$text", "a client called $name";
        my $bytes = Encode::encode('UTF-8', $text) =~ s/[\0\r\n]//gr;
        record('/mcp', token => $token, headers => ["Mcp-Session-Id: $bytes"]);
    }
}
for my $bytes ("\xFF\xFE", "\xC0\x80", "\xED\xA0\x80", "\xE2\x80", "\x80" x 500) {
    has('a revision that is not UTF-8', record('/mcp', token => $token, headers => ["MCP-Protocol-Version: $bytes"]), decision => 'pass');
    has('a session that is not UTF-8', record('/mcp', token => $token, headers => ["Mcp-Session-Id: $bytes"]), decision => 'pass');
    has('a path that is not UTF-8', record("/mcp/$bytes", token => $token), http_method => 'GET');
}
my $batch = '[' . join(',', (message('tools/call', name => 'r' . 'x' x 900)) x 63, message('tools/call', name => 'read_last')) . ']';
my $many  = record(@post, body => $batch);
is scalar @{ $many->{operations} }, 64, 'a batch has no operation that is not shown';
is $many->{operations}[-1]{name}, 'read_last', '... the last one, too';
is length $many->{operations}[0]{name}, 128, '... but none at any length';

# --- identities ----------------------------------------------------------------------------------------------------------

my @session = (headers => ['Mcp-Session-Id: s-1']);
my $hashed  = record('/hashed', token => $token, @session);
has('hashed identities', $hashed,
    sub     => hash('3:sub,22:https://as.example.com,5:alice,', 32),
    client  => hash('6:client,22:https://as.example.com,7:desktop,', 32),
    address => hash('7:address,9:127.0.0.1,', 32),
    session => hash('7:session,3:s-1,', 16));
has("hashed identities, whatever location answers: $$_[0]", record(@$_), map { $_ => $hashed->{$_} } qw(sub client address))
    for ['/hashed/tried', token => $token], ['/hashed/page', method => 'POST', token => $token, body => message('tools/call', name => 'write_x')];
has('a key alone hashes the session', record('/keyed', token => $token, @session), sub => 'alice', session => hash('7:session,3:s-1,', 16));
sub hash ($text, $digits) { return substr Digest::SHA::hmac_sha256_hex($text, $key), 0, $digits }

# --- the examples of the page --------------------------------------------------------------------------------------------

my $page     = TestNginx::Audit::slurp("$TestNginx::repository/docs/RECORD.md");
my @examples = map { $json->decode($_) } $page =~ /^```json\n(.*)\n```$/mg;
my %reader   = (token => access_token(client_id => 'desktop'), headers => ['MCP-Protocol-Version: 2025-11-25', 'Mcp-Session-Id: s-1']);
my @made     = (
    record('/example', method => 'POST', %reader, body => message('tools/call', name => 'read_mail')),
    record('/example', method => 'POST', %reader, body => message('tools/call', name => 'write_mail')),
    (map { record('/example/limited', method => 'POST', token => $reader{token}, body => message('tools/call', name => 'write_mail')) } 1 .. 2)[1],
    record('/example', method => 'POST', body => message('ping')),
    record('/example', method => 'OPTIONS', headers => ['Origin: https://mcp.example.com', 'Access-Control-Request-Method: POST']),
    record('/example/any', method => 'POST', body => message('tools/call', name => 'read_mail')),
);
# Times, sizes and ids are others each time.
sub shape ($record) {
    return $json->canonical->encode($record) =~ s/("\w+_ms":|"bytes_\w+":)[\d.]+/${1}0/gr =~ s/"id":"[0-9a-f]{8}"/"id":""/r =~ s/"time":"[^"]+"/"time":""/r;
}
is_deeply [map { shape($_) } @examples], [map { shape($_) } @made], 'docs/RECORD.md shows a record of each decision as it is';

# --- rotation ------------------------------------------------------------------------------------------------------------

rename $file, "$file.1" or die $!;
kill 'USR1', $nginx->{pid};
ok wait_for(5, sub { -e $file }), 'USR1: nginx opens the file again';
records(1, sub { $nginx->get('/mcp', token => $token) });

for my $log ($file, "$file.1") {
    my $text = join "\n", audit_lines($log);
    is_deeply [grep { index($text, $_) >= 0 } map { ($_, grep { length >= 12 } split /\./) } @tokens], [], 'no token in any record, nor a part of one';
    unlike $text, qr/$key/, 'nor the key';
}

finish();
