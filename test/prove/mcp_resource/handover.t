# What the backend gets: no credentials, no forged identity, and the claims of the verified token.
use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => 'backend');
my $port   = $backend->port;
my $proxy  = "proxy_pass http://127.0.0.1:$port;";
my $claims = 'mcp_claim_header X-User sub; mcp_claim_header X-Groups groups; mcp_claim_header X-Org .org.name; mcp_claim_header X-User-Twice sub;';
my $nginx  = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'html/page' => "<!--#include virtual=\"/mcp/included\" -->\n" });
    mcp_scopes_supported mcp:read;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        underscores_in_headers on;
        location /mcp       { $protected $claims $proxy }
        location /scoped    { $protected $claims mcp_scope mcp:read; mcp_scope w tool=x; $proxy }
        location /any       { $protected $claims satisfy any; allow all; $proxy }
        location /anonymous { $protected $claims mcp_allow_anonymous ping; $proxy }
        location /moved     { $protected $claims try_files /none \@backend; }
        location \@backend  { $proxy }
        location /nested    { $protected $claims location /nested/more { mcp_claim_header X-Other sub; $proxy } $proxy }
        location /mirrored  { $protected $claims mirror /copy; $proxy }
        location /copy      { internal; $proxy }
        location /client    { $protected mcp_claim_header X-Client client_id; mcp_claim_header X-Azp azp; $proxy }
        location /set       { $protected $claims proxy_set_header X-User "set"; $proxy }
        location /page      { root html; ssi on; ssi_types *; try_files /page =404; }
    }
CONF

# The request as the backend saw it.
sub seen ($path, %request) {
    my $before   = $backend->requests // 0;
    my $response = $nginx->get($path, %request);
    is $response->status, 200, "$path passes" or return {};
    wait_for(5, sub { $backend->requests > $before });
    return ($backend->requests)[-1];
}
sub header ($request, $name) { return TestNginx::Origin::header($request, $name) }

my @forged = (
    'X-User: root', 'x-user: admin', 'X-USER: a', 'X-Groups: wheel', 'X-Org: evil', 'Proxy-Authorization: Basic dTpw', 'proxy-authorization: Bearer x',
    map { "X-Filler-$_: $_" } 1 .. 40    # more headers than fit into nginx's first list
);
my $client = sub (%claims) {
    my $request = seen('/client', token => access_token(%claims), headers => ['X-Client: root', 'X-Azp: root']);
    return join ' ', map { header($request, $_) // '(none)' } qw(X-Client X-Azp);
};
is $client->(client_id => 'a', azp => 'b'), 'a b', 'a client by its id';
is $client->(azp => 'b', cid => 'c'), 'b b', 'or by azp';
is $client->(cid => 'c', appid => 'd'), 'c (none)', 'or cid; another claim is only itself';
is $client->(appid => 'd'), 'd (none)', 'or appid';
is $client->(), '(none) (none)', 'or not at all, whatever the request says';
my $token = access_token(groups => ['dev', 'ops'], org => { name => 'Acme' });

for my $path (qw(/mcp /scoped /any /moved /nested /mirrored)) {
    for my $headers ([@forged], [reverse @forged], [@forged[0 .. 6]], [@forged[7 .. 30], @forged[0 .. 6]]) {
        my $request = seen($path, token => $token, headers => $headers);
        is header($request, $_), undef, "SPEC 13: $path: no $_" for qw(Authorization Proxy-Authorization);
        is header($request, 'X-User'),   'alice',   'the subject of the token, once';
        is header($request, 'X-Groups'), 'dev,ops', 'a list';
        is header($request, 'X-Org'),    'Acme',    'a nested claim';
        is header($request, 'X-User-Twice'), 'alice', 'one claim in two headers';
        my @fillers = grep { $_->[0] =~ /^X-Filler/ } @{ $request->{headers} // [] };
        is scalar(@fillers), scalar(grep { /^X-Filler/ } @$headers), 'all other headers arrive';
        is_deeply [map { $_->[1] } @fillers], [map { /: (\d+)/ } grep { /^X-Filler/ } @$headers], 'in their order';
    }
}
my $other = seen('/nested/more', token => $token, headers => ['X-User: root', 'X-Other: root']);
is header($other, 'X-Other'), 'alice', 'a location below that sets headers of its own replaces those from above';
is header(seen('/set', token => $token, headers => ['X-User: root']), 'X-User'), 'set', 'proxy_set_header has the last word';

# Nobody's token: identity headers are gone all the same.
for my $request (
    seen('/any', headers => [@forged]),
    seen('/any', headers => [@forged], token => access_token(exp => 1, sub => 'old')),
    seen('/any', headers => [@forged, 'Authorization: Basic dTpw']),
    seen('/anonymous', headers => [@forged], method => 'POST', body => message('ping')),
) {
    is header($request, $_), undef, "no $_ without a verified token" for qw(Authorization Proxy-Authorization X-User X-Groups X-Org X-User-Twice);
}

# --- claims that would break a header -----------------------------------------------------------------------------------

my %encoded = ('Zoë' => 'Zo%C3%AB', '100%' => '100%25', 'a b, "c" \\ d;e' => 'a b%2C "c" \\ d;e', ' x ' => '%20x%20', ' ' => '%20', "\x{1F600}" => '%F0%9F%98%80');
for my $sub (sort keys %encoded) {
    is header(seen('/mcp', token => access_token(sub => $sub)), 'X-User'), $encoded{$sub}, 'a claim is encoded: ' . $encoded{$sub};
}
for my $sub ("a\r\nX-Evil: 1", "a\nb", "tab\there", "nul\0", "del\x7F") {
    my $request = seen('/mcp', token => access_token(sub => $sub), headers => ['X-User: root']);
    is header($request, $_), undef, 'a claim with control characters makes no header: ' . to_json($sub) for qw(X-User X-Evil);
}
for my $groups (undef, '', [], { a => 1 }) {
    my $request = seen('/mcp', token => access_token(groups => $groups), headers => ['X-Groups: wheel']);
    is header($request, 'X-Groups') // 'none', ref $groups eq 'HASH' ? '{"a":1}' : 'none', 'a claim with nothing in it: ' . to_json($groups);
}
is header(seen('/mcp', token => access_token(sub => 42)), 'X-User'), '42', 'a number';
is header(seen('/mcp', token => access_token(sub => $_), headers => ['X-User: root']), 'X-User'), undef, 'nobody is several, or an object: ' . to_json($_) for ['a'], ['a', 'b'], [], { a => 1 }, \1;

# --- tokens in the query, HTTP/2, subrequests ---------------------------------------------------------------------------

for my $path (qw(/mcp /any /anonymous /moved)) {
    my $before = $backend->requests;
    is $nginx->get("$path?access_token=$token", token => $token)->status, 400, "SPEC 8: $path: a token in the query";
    is scalar($backend->requests), $before, 'does not reach the backend';
}
is seen('/mcp?x=1&y=access_token', token => $token)->{uri}, '/mcp?x=1&y=access_token', 'other queries do, unchanged';

is $nginx->get_http2('/mcp', port => 'PORT_H2', token => $token, headers => [@forged[0 .. 8]])->status, 200, 'HTTP/2 passes';
is header(($backend->requests)[-1], 'X-User'), 'alice', 'HTTP/2: with the subject alone';
is header(($backend->requests)[-1], 'Authorization'), undef, 'HTTP/2: without the token';

my $included = seen('/page', token => $token, headers => [@forged]);
is $included->{uri}, '/mcp/included', 'a subrequest is judged by the credentials of its request';
is header($included, $_), undef, "and hands on no $_" for qw(Authorization Proxy-Authorization);
is header($included, 'X-User'), 'alice', 'but the claims of the token';
is scalar(grep { $_->[0] =~ /^X-Filler/ } @{ $included->{headers} }), 40, 'and all other headers';

my $body = message('tools/call', name => 'y', arguments => { text => 'x' x 30_000 });
my $posted = seen('/scoped', method => 'POST', body => $body, token => $token);
is $posted->{body}, $body, 'a body that was read arrives unchanged';

finish();
