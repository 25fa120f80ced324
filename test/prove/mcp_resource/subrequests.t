# Subrequests into a protected location are judged with the credentials of their main request, or refused: what a client
# is told, bodies that a subrequest cannot see, decisions that have to wait, and subrequests that nginx makes on its own.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Mcp;

my ($any, $inner) = (to('any'), to('mcp'));
my $no_body = 'proxy_pass_request_body off; proxy_set_header Content-Length "";';
my $call    = message('tools/call', name => 'write', arguments => { text => 'x' x 100 });
my $as      = run_origin();
my $as_url  = 'http://127.0.0.1:' . $as->port;
my $asking  = "mcp_resource $resource/asking; mcp_audience $resource; mcp_authorization_server $as_url; mcp_introspection $as_url/introspect client_id=gateway client_secret_file=secret max_ttl=0s negative_ttl=0s; mcp_scope mcp:read; mcp_claim_header X-User sub; mcp_claim_header X-Groups groups;";
my $waiting = "mcp_resource $resource/waiting; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks $as_url/slow; mcp_scope mcp:read; mcp_claim_header X-User sub; mcp_claim_header X-Groups groups;";
my $down    = "mcp_resource $resource/down; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks $as_url/down; mcp_claim_header X-User sub; mcp_claim_header X-Groups groups;";
$as->answer('/slow', body => jwks('p256'), delay => 0.5);
$as->answer('/down', status => 503);
$as->answer('/late', status => 404, delay => 0.5);
$backend->answer('/judged', body => 'the secret');
$backend->answer('/old',    body => 'old', headers => [['Cache-Control', 'max-age=1, stale-while-revalidate=60']]);

my %pages = map { ("html/$_->[0]" => $_->[1]) } (
    ['include',       '<!--#include virtual="/judged" -->'],
    ['stub',          '<!--#block name="stub" -->stub<!--#endblock --><!--#include virtual="/judged" stub="stub" -->'],
    ['asking_two',    '<!--#include virtual="/asking" --><!--#include virtual="/asking" -->'],
    ['asking_wait',   '<!--#include virtual="/asking" wait="yes" --><!--#include virtual="/asking" wait="yes" -->'],
    ['waiting_two',   '<!--#include virtual="/waiting" --><!--#include virtual="/waiting" -->'],
    ['by_operation',  '<!--#include virtual="/by_method" --><!--#include virtual="/by_name" --><!--#include virtual="/anonymous" -->'],
    ['parallel',      '<!--#include virtual="/late" --><!--#include virtual="/fills" -->'],
    ['both',          '<!--#include virtual="/judged" --><!--#include virtual="/open" --><!--#include virtual="/judged" -->'],
);
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), secret => "secret\n", 'html/file' => 'file' x 1000, %pages });
    mcp_zone mcp 1m;
    mcp_scopes_supported mcp:read;
    proxy_cache_path %%TESTDIR%%/cache keys_zone=answers:1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        underscores_in_headers on;
        ignore_invalid_headers off;
        ssi_types *;
        addition_types *;
        location = /judged     { $mcp $no_body $inner }
        location = /open       { $any }
        location = /by_method  { $mcp mcp_scope write method=tools/call; $no_body $inner }
        location = /by_name    { $mcp mcp_scope write tool=write; $no_body $inner }
        location = /anonymous  { $mcp mcp_allow_anonymous tools/*; $no_body $inner }
        location = /asking     { $asking $no_body $inner }
        location = /waiting    { $waiting $no_body $inner }
        location = /down       { $down $no_body $inner }

        location = /ask        { auth_request /judged; $any }
        location = /ask_page   { auth_request /judged; error_page 401 403 = \@page; $any }
        location \@page        { return 200 "page"; }
        location = /paged      { $mcp error_page 401 403 500 = \@page; $no_body $inner }
        location = /paged_200  { $mcp error_page 401 403 =200 /file; $no_body $inner }
        location = /returns    { $mcp return 204; }
        location = /ask_paged  { auth_request /paged; $any }
        location = /ask_200    { auth_request /paged_200; $any }
        location = /ask_return { auth_request /returns; $any }
        location = /neighbour  { auth_request /by_name; proxy_set_header Authorization \$http_authorization; proxy_set_header X-Copy \$http_x_user; proxy_set_header Upgrade \$http_upgrade; $any }
        location = /parallel   { ssi on; root html; }
        location = /late       { $mcp proxy_intercept_errors on; error_page 404 = \@late; proxy_pass http://127.0.0.1:@{[ $as->port ]}/late; }
        location \@late        { proxy_set_header X-Copy "\$http_x_user\$http_authorization"; @{[ to('late') ]} }
        location = /fills      { proxy_set_header X-Copy "\$http_x_user\$http_authorization"; @{[ to('fills') ]} }
        location = /ask_method { auth_request /by_method; $any }
        location = /ask_name   { auth_request /by_name; $any }
        location = /ask_anon   { auth_request /anonymous; $any }
        location = /ask_asking { auth_request /asking; $any }
        location = /ask_slow   { auth_request /waiting; $any }
        location = /ask_down   { auth_request /down; $any }
        location = /mirrored   { mirror /by_method; mirror_request_body off; $any }
        location = /mirrors    { mirror /by_method; $any }
        location = /mirror_ask { mirror /asking; $any }
        location = /added      { add_after_body /by_method; $any }
        location = /slices     { $mcp slice 1000; proxy_set_header Range \$slice_range; proxy_set_header X-User-Seen \$http_x_user; proxy_pass http://127.0.0.1:%%PORT_FILE%%; }
        location = /old        { $mcp proxy_cache answers; proxy_cache_key \$http_x_user; proxy_cache_use_stale updating; proxy_cache_background_update on; proxy_http_version 1.1; $inner }
        location /             { root html; ssi on; error_page 405 =200 \$uri; }
    }
    log_format sliced '\$http_range \$http_x_user \$http_authorization';
    server { listen 127.0.0.1:%%PORT_FILE%%; access_log %%TESTDIR%%/sliced.log sliced; location / { root html; try_files /file =404; } }
CONF

my $token = good_token();
my @good  = (token => $token, is_good => 1, headers => \@forged);
my @post  = (method => 'POST', body => $call);
sub is_outcome ($wanted, $rule, $path, @request) {
    is outcome($nginx, $_, $wanted, $path, headers => \@forged, @request), $wanted, "$path, $_: $rule" for 'HTTP/1.1', 'HTTP/2';
    return;
}

# --- what the client is told ----------------------------------------------------------------------------------------------

my $challenge = qq(Bearer resource_metadata="$metadata", scope="mcp:read");
for my $response ($nginx->get('/ask'), $nginx->get_http2('/ask', port => 'PORT_H2')) {
    is $response->status, 401, 'auth_request without a token: 401';
    is $response->header('WWW-Authenticate'), $challenge, 'with the challenge, once';
}
my $expired = access_token(exp => 1);
for my $response ($nginx->get('/ask', token => $expired), $nginx->get_http2('/ask', port => 'PORT_H2', token => $expired)) {
    is $response->status, 401, 'auth_request with an expired token: 401';
    like $response->header('WWW-Authenticate') // '', qr/\ABearer error="invalid_token", .*, scope="mcp:read"\z/, 'with the reason';
}
new_requests(0);
for my $path ('/ask_paged', '/ask_200', '/ask_return') {
    is $nginx->get($path)->status, 401, "$path: an error page, or return, in the location that is asked lets nobody pass";
    is $nginx->get($path, token => low_token())->status, 403, "$path: nor anybody without the scope";
    is $nginx->get($path, token => $token)->status, 200, "$path: but who may";
}
new_requests(0);

# What nginx keeps for a request it shares with its subrequests: one must not fill it for the other.
my %neighbour = (token => good_token(), headers => ['X-User: its-own', 'Upgrade: websocket']);
is $nginx->get('/neighbour', %neighbour)->status, 200, 'a location that asks';
my ($asked_for) = grep { join('', values_of($_, 'X-Copy')) ne '' } new_requests(2);
is join(' ', map { values_of($asked_for, $_) } 'X-Copy', 'Upgrade'), 'its-own websocket', 'keeps its own headers in variables';
is join('', values_of($asked_for, 'Authorization')), "Bearer $neighbour{token}", 'all of them';
$nginx->get('/parallel', %neighbour);
my %copies = map { (values_of($_, 'X-Backend'))[0] => join '', values_of($_, 'X-Copy') } grep { values_of($_, 'X-Copy') } new_requests(2);
is $copies{fills}, "its-ownBearer $neighbour{token}", 'an open location sees what the client sent';
is $copies{late} // '', 'alice', 'which does not come to the error page of a protected one that runs at the same time';

is_outcome('200', 'an error page of the main request', '/ask_page');
is_outcome('403', 'auth_request and a foreign Origin', '/ask', headers => ['Origin: https://evil.example.com'], @good[0 .. 1]);
is_outcome('401', 'a token of another issuer', '/ask', token => access_token(iss => 'https://other.example.com'));
is_outcome('401', 'a token for somebody else', '/ask', token => access_token(aud => 'https://other.example.com'));
is_outcome('401', 'a forged token', '/ask', token => mint('p256_other', claims(aud => $resource, scope => 'mcp:read'), header => { kid => 'p256' }));

for my $page (qw(/include /stub)) {
    for my $token (undef, $expired, low_token()) {
        my $included = $nginx->get($page, token => $token)->body;
        unlike $included, qr/the secret/, "$page: what may not be seen is not included";
        like $included, qr/error|stub/, "$page: an error, or the stub, is";
    }
    is $nginx->get($page, token => $token)->body, 'the secret', "$page: what may be seen is included";
}
new_requests(2);
my $mark = $nginx->log_mark;
$nginx->get('/ask');
my @lines = $nginx->log_lines($mark);
is scalar(@lines), 1, 'one line in the log for a refused subrequest';
like $lines[0] // '', qr/refused with 401 \([0-9a-f]{8}\): credentials_missing/, 'which names the reason';

new_requests(0);

# --- bodies that a subrequest cannot see ----------------------------------------------------------------------------------

my $write = good_token(scope => 'mcp:read write');
for my $path (qw(/ask_method /ask_name)) {
    is_outcome('401', 'no token', $path);
    is_outcome('200 any mcp=alice', 'a GET has no operation', $path, @good);
    is_outcome('403', 'but needs the general scope', $path, token => low_token());
    is_outcome('500', 'the operation of a POST is not known', $path, @good, @post);
    is_outcome('500', 'whatever the token may', $path, token => $write, @post);
    is_outcome('500', 'or the headers say', $path, @good, @post, headers => ['MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: ping']);
}
is_outcome('200 any mcp=alice', 'a GET with a token', '/ask_anon', @good);
is_outcome('401', 'a GET without one has no operation', '/ask_anon');
is outcome($nginx, $_, '401', '/ask_anon', headers => \@forged, @post), '401', "/ask_anon, $_: a POST without a token: nobody knows whether it needs one" for 'HTTP/1.1', 'HTTP/2';
is_outcome('200 any', 'mirror of a POST without its body', '/mirrored', @good, @post);
is_outcome('200 any', 'mirror of a POST with a body that may not', '/mirrors', @good, @post);
is_outcome('200 any', 'a POST, and more added behind', '/added', @good, @post);
is_outcome('200 any mcp=alice', 'a GET, and more added behind', '/added', @good);
is_outcome('401', 'a POST without a token, no rule for operations', '/ask', @post);
is_outcome('403', 'a POST without the scope', '/ask', @post, token => low_token());
is_outcome('200 any mcp=alice', 'a POST that may', '/ask', @post, @good);

# --- decisions that have to wait ------------------------------------------------------------------------------------------

sub active (%claims) { return to_json({ active => JSON::true, aud => "$resource/asking", scope => 'mcp:read', sub => 'alice', %claims }) }

my @first = map { $nginx->begin('/ask_slow', token => $token, headers => \@forged) } 1 .. 3;
is join(' ', map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20 * $TestNginx::patience)))[0]->status } @first), '200 200 200', 'auth_request waits for the first keys';
is join(' ', sort map { arrival($_, @good) } new_requests(6)), 'any any any mcp=alice mcp=alice mcp=alice', 'and lets pass then';
is_outcome('200 mcp=alice mcp=alice', 'keys that are there', '/waiting_two', @good);
is_outcome('401', 'no token', '/ask_slow');
is_outcome('500', 'keys that cannot be had', '/ask_down', @good);

for my $delay (0, 0.1) {
    my $when = $delay ? 'an answer that takes its time' : 'an answer at once';
    $as->answer('/introspect', body => active(), delay => $delay);
    is_outcome('200 any mcp=alice', "active: $when", '/ask_asking', headers => \@forged, token => "opaque-$delay", is_good => 1);
    is_outcome('200 mcp=alice mcp=alice', "two at once: $when", '/asking_two', headers => \@forged, token => "opaque-$delay", is_good => 1);
    is_outcome('200 mcp=alice mcp=alice', "two in turn: $when", '/asking_wait', headers => \@forged, token => "opaque-$delay", is_good => 1);
    is_outcome('200 any mcp=alice', "a mirror: $when", '/mirror_ask', headers => \@forged, token => "opaque-$delay", is_good => 1);
    $as->answer('/introspect', body => active(scope => 'x'), delay => $delay);
    is_outcome('403', "not the scope: $when", '/ask_asking', token => "opaque-$delay");
    is_outcome('200', "two without the scope: $when", '/asking_two', token => "opaque-$delay");
    $as->answer('/introspect', body => '{"active":false}', delay => $delay);
    is_outcome('401', "not active: $when", '/ask_asking', token => "opaque-$delay");
    is_outcome('200', "two that are not active: $when", '/asking_two', token => "opaque-$delay");
    my $mirror = outcome($nginx, 'HTTP/1.1', '200 any', '/mirror_ask', headers => \@forged, token => "opaque-$delay");    # by HTTP/2 it might still ask
    is $mirror, '200 any', "a mirror that is refused: $when";
}
$as->answer('/introspect', hang => 1);
my $asked = $as->requests('/introspect');
my @gone  = map { $nginx->begin($_, token => "opaque-for$_") } '/ask_asking', '/asking_two', '/mirror_ask';
ok wait_for(5, sub { $as->requests('/introspect') >= $asked + @gone }), 'three clients wait for an answer';
@gone = ();    # and go away
$as->answer('/introspect', body => active());
new_requests(0);
is $nginx->get('/ask_asking', token => 'opaque-after')->status, 200, 'a client that went away takes nothing with it';
new_requests(2);

# --- subrequests that nginx makes on its own ------------------------------------------------------------------------------

is length $nginx->get('/slices', @good)->body, 4000, 'slices';
my $sliced = TestNginx::Report::slurp($nginx->dir . '/sliced.log');
is $sliced, join('', map { "bytes=$_ alice -\n" } '0-999', '1000-1999', '2000-2999', '3000-3999'), 'each slice is asked for as who it is for';

is outcome($nginx, 'HTTP/1.1', '200 mcp', '/old', @good), '200 mcp=alice', 'a cached answer: asked for once';
my $update;
wait_for(10, sub { $update = outcome($nginx, 'HTTP/1.1', '200', '/old', @good); $update ne '200' });
$update .= join '', map { ' ' . arrival($_, @good) } new_requests(1) if $update eq '200';
is $update, '200 mcp=alice', 'its update in the background: as who it is for';

# --- main requests keep what is theirs ------------------------------------------------------------------------------------

is_outcome('200 any mcp=alice mcp=alice', 'protected and open ones on a page', '/both', @good);
is_outcome('200 any', 'of which only the open one is for everybody', '/both');

finish();
