# mcp_observe: what a refused request asked for is known, too, where its body is short and says its length. The refusal is the
# same as without, and the client gets it with the id of its request.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Audit qw(audit_lines faults);
use TestNginx::Http2;
use TestNginx::Mcp;

use JSON::PP ();
use POSIX ();
use Time::HiRes qw(sleep);

my $backend = run_origin();
$backend->answer('/', headers => [['Content-Type', 'application/json']], body => '{"jsonrpc":"2.0","id":1,"result":{}}');
my $proxy = 'proxy_pass http://127.0.0.1:' . $backend->port . ';';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    log_format mcp_audit escape=none '\$mcp_audit';
    mcp_scopes_supported a;
    mcp_observe on;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        access_log %%TESTDIR%%/audit.log mcp_audit if=\$mcp_audit;
        client_body_timeout 2s;
        location /mcp   { $protected mcp_scope a; $proxy }
        location /new   { $protected mcp_scope a; mcp_protocol_versions 2026-07-28; $proxy }
        location /rules { $protected mcp_scope a; mcp_scope b tool=closed; $proxy }
        location /off   { $protected mcp_scope a; mcp_observe off; $proxy }
        location /page  { $protected mcp_scope a; error_page 401 = \@page; $proxy }
        location \@page { return 200 page; }
        location /any   { $protected mcp_scope a; satisfy any; allow all; $proxy }
    }
CONF
my $file  = $nginx->dir . '/audit.log';
my $token = access_token(scope => 'a');
my $call  = message('tools/call', name => 'read_mail') =~ s/"id":1/"id":7/r;

# The record of what `does` does.
sub record ($does) {
    my $before = audit_lines($file);
    $does->();
    wait_for(10, sub { audit_lines($file) > $before });
    my $line = (audit_lines($file))[-1];
    is_deeply [faults($line)], [], '... valid by the schema';
    return JSON::PP->new->utf8->decode($line);
}
sub asked ($record) { return join ' ', map { "$_->{method} $_->{name} $_->{id}" } @{ $record->{operations} // [] } }

sub refused ($name, $path, $status, $reason, %request) {
    my $response;
    my $known  = delete $request{known} // 'tools/call read_mail 7';
    my $record = record(sub { $response = $nginx->get($path, method => 'POST', body => $call, %request) });
    is "$record->{decision} $record->{reason} $record->{status}", "refuse $reason $status", $name;
    is asked($record), $known, '... of which operation';
    my $answer = from_json($response->body);
    is $answer->{id}, ($known ? 7 : undef), '... and the client gets its id';
    is $answer->{error}{data}{decision_id}, $record->{id}, '... and the one of the decision';
    return $record;
}

# --- whatever it is refused for --------------------------------------------------------------------------------------------

for my $path ('/mcp', '/rules') {
    refused("no token ($path)",         $path, 401, 'credentials_missing');
    refused("an expired token ($path)", $path, 401, 'expired', token => access_token(scope => 'a', exp => 1));
    refused("a scope is missing ($path)", $path, 403, 'scope_insufficient', token => access_token(scope => 'x'));
    refused("a foreign origin ($path)", $path, 403, 'origin_not_allowed', token => $token, headers => ['Origin: null']);
}
refused('another version', '/new', 400, 'unsupported_version', token => $token, headers => ['MCP-Protocol-Version: 2025-11-25']);
my $known = refused('the code', '/mcp', 401, 'credentials_missing');
is $known->{operations}[0]{outcome}, 'error', 'its outcome is what the client got';
is $known->{operations}[0]{code}, -32010, '... with the code';

# --- however it comes --------------------------------------------------------------------------------------------------------

sub head (@fields) { return join("\r\n", 'POST /mcp HTTP/1.1', 'Host: x', 'Content-Type: application/json', @fields) . "\r\n\r\n" }
my $length = 'Content-Length: ' . length $call;
is asked(record(sub {
    my $client = $nginx->begin('/mcp', raw => head($length));
    sleep 0.2;
    TestNginx::Http::send_bytes($client, substr $call, 0, 10);
    sleep 0.1;
    TestNginx::Http::send_bytes($client, substr $call, 10);
    is TestNginx::Http::read_response($client, 10)->status, 401, 'the body comes later, in parts';
    TestNginx::Http::send_bytes($client, head($length) . $call);
    is TestNginx::Http::read_response($client, 10)->status, 401, '... and the connection goes on';
})), 'tools/call read_mail 7', '... each is known';
is asked(record(sub { TestNginx::Http2::status($nginx->port('PORT_H2'), 'POST', '/mcp', ['content-type: application/json', 'content-length: ' . length $call], $call, 20) })), 'tools/call read_mail 7', 'HTTP/2';

# --- what is not known is not waited for, and changes nothing ------------------------------------------------------------

sub at_once ($name, $path, $head) {
    my $record = record(sub {
        my $client = $nginx->begin($path, raw => $head =~ s{/mcp}{$path}r);
        is TestNginx::Http::read_response($client, 1)->status, 401, "$name: refused before the body comes";
    });
    return is asked($record), '', '... and unknown';
}
at_once('more than 16 KB',    '/mcp', head('Content-Length: 16385'));
at_once('a length not told',  '/mcp', head('Transfer-Encoding: chunked'));
at_once('another media type', '/mcp', head($length) =~ s{application/json}{text/plain}r);
at_once('a compressed body',  '/mcp', head($length, 'Content-Encoding: gzip'));
at_once('not observed',       '/off', head($length));
refused('no JSON',    '/mcp', 401, 'credentials_missing', body => 'x', known => '');
refused('two readers would differ', '/mcp', 401, 'credentials_missing', body => $call =~ s/"id"/"method":"ping","id"/r, known => '');
refused('16 KB',      '/mcp', 401, 'credentials_missing', body => $call . ' ' x (16384 - length $call));

my $gone = record(sub {
    my $client = $nginx->begin('/mcp', raw => head($length));
    sleep 0.2;
    close $client;
});
is "$gone->{decision} $gone->{reason}", 'refuse credentials_missing', 'a client that leaves before its body has come was refused all the same';
is asked($gone), '', '... for something unknown';
my $slow = record(sub { TestNginx::Http::read_to_end($nginx->begin('/mcp', raw => head($length)), 20) });
is "$slow->{decision} $slow->{reason} $slow->{status}", 'refuse credentials_missing 401', 'one whose body never comes has its refusal';
is asked($slow), '', '... for something unknown';

# However a client sends, its refusal comes soon: here within a second and some time for a machine that has other work.
my $soon = 4;
sub drips ($name, $head, $path = '/mcp', $status = 401) {
    my $record = record(sub {
        my $client = $nginx->begin($path, raw => $head =~ s{/mcp}{$path}r);
        my $begin  = time;
        my $child  = fork // die;
        if (!$child) { $SIG{TERM} = 'DEFAULT'; $SIG{PIPE} = sub { POSIX::_exit(0) }; for (1 .. 40) { syswrite $client, ' ' or last; sleep 0.3 } POSIX::_exit(0) }
        my $response = TestNginx::Http::read_response($client, 10);
        is $response->status, $status, "$name: refused";
        is lc($response->header('Connection') // ''), 'close', '... and the connection ends';
        cmp_ok time - $begin, '<=', $soon, '... soon';
        kill TERM => $child; waitpid $child, 0;
    });
    is $record->{status}, $status, '... which the record says';
    return is asked($record), '', '... of something unknown';
}
drips('a byte, and another, and so on', head('Content-Length: 16384'));
drips('... in a body that is read for the id of its answer', head('Content-Length: 16384', "Authorization: Bearer $token", 'MCP-Protocol-Version: 2025-11-25'), '/new', 400);

my $asks = record(sub {
    my @responses = $nginx->send('/mcp', raw => head($length, 'Expect: 100-continue', 'Connection: close'));
    is join(' ', map { $_->status } @responses), '401', 'a client that waits to be asked for its body is refused at once';
});
is asked($asks), '', '... for something unknown';

my $h2 = record(sub {
    my $begin = time;
    is TestNginx::Http2::status($nginx->port('PORT_H2'), 'POST', '/mcp', ['content-type: application/json', 'content-length: 16384'], undef, 20), 400, 'HTTP/2: a body that ends before its length is refused by nginx itself (RFC 9113 section 8.1.1)';
    cmp_ok time - $begin, '<=', $soon, '... soon';
});
is asked($h2), '', '... unknown';
my $silent = record(sub {
    my @fields = ([':method', 'POST'], [':scheme', 'http'], [':path', '/mcp'], [':authority', 'x'], ['content-type', 'application/json'], ['content-length', 16384]);
    my $client = TestNginx::Http::open_connection($nginx->port('PORT_H2'));
    TestNginx::Http::send_bytes($client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . TestNginx::Http2::frame(4, 0, 0, '') . TestNginx::Http2::frame(1, 4, 1, join '', map { TestNginx::Http2::field(@$_) } @fields) . TestNginx::Http2::frame(0, 0, 1, '{'));
    is TestNginx::Http2::read_status($client, time + $soon), 401, 'HTTP/2: nor is a stream that stays open waited for';
});
is asked($silent), '', '... unknown';

# --- where another answers, the body is left to it -------------------------------------------------------------------------

my $page = record(sub { is $nginx->get('/page', method => 'POST', body => $call)->body, 'page', 'an error_page' });
is asked($page), '', '... whose request is not read';
my $large = message('tools/call', name => 'x' x 100_000);
$nginx->get('/any', method => 'POST', body => $_) for $call, $large;
is_deeply [map { $_->{body} } $backend->requests('/any')], [$call, $large], '"satisfy any": the backend has what came';

finish();
