# What authorization servers write in their metadata and key sets, and how they answer: nobody is refused for what nobody
# needs, and what is left out is told once.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

use Time::HiRes qw(sleep time);

my $as   = run_origin();
my $base = 'http://127.0.0.1:' . $as->port;
sub hits ($path) { return scalar(() = $as->requests($path)) }

# Members behind the issuer and the jwks_uri.
my %members = (
    null      => '"introspection_endpoint":null,"revocation_endpoint":null',
    empty     => '"introspection_endpoint":"","registration_endpoint":""',
    relative  => '"token_endpoint":"/token","authorization_endpoint":"authorize"',
    types     => '"scopes_supported":"read write","token_endpoint":1,"grant_types_supported":{},"response_types_supported":[null]',
    large     => '"x":123456789012345678901234567890,"y":1e999,"z":[-99999999999999999999]',
    surrogate => '"op_policy_uri":"https://as/\ud800"',
    twice     => '"mtls_endpoint_aliases":{"token_endpoint":"a","token_endpoint":"b"}',
);
my %bad = (
    issuers    => ['"issuer":"%s"',                       'two members of one name'],
    jwks_uris  => ['"jwks_uri":"%s/evil"',                'two members of one name'],
    escaped    => ['"jwks_\u0075ri":"%s/evil","x":1e999', 'two members of one name'],
);
sub document ($name, $more) { return qq({"issuer":"$base/$name","jwks_uri":"$base/jwks","x":true,$more}) =~ s/,"x":true(?=.*"x":)//r }
$as->answer("/.well-known/oauth-authorization-server/$_", body => document($_, $members{$_})) for keys %members;
$as->answer("/.well-known/oauth-authorization-server/$_", body => document($_, sprintf $bad{$_}[0], "$base/$_")) for keys %bad;
$as->answer('/jwks', body => jwks('p256'), headers => [['Content-Encoding', 'Identity'], ['Content-Type', 'application/jwk-set+json']]);
$as->answer('/evil', body => jwks('p256_other'));

# Of a server that has no keys to publish, in either form.
$as->answer("/.well-known/oauth-authorization-server/$_->[0]", body => qq({"issuer":"$base/$_->[0]"$_->[1]})) for ['opaque', ''], ['void', ',"jwks_uri":null'];
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource }));

my $odd = jwks('p256', { kty => 'XYZ', kid => 'odd' }, jwk('rsa', alg => 'none')) =~ s/\A\{"keys":\[/{"keys":[{"kid":"twin","kty":"RSA","kty":"EC"},/r;
$as->answer('/odd', body => $odd, headers => [['Cache-Control', 'max-age=86400']]);

my $locations = join '', map { "location /$_ { mcp_resource https://mcp.example.com/$_; mcp_audience $resource; mcp_authorization_server $base/$_; mcp_discovery on; %%OK%% }\n" } sort keys %members, keys %bad;
my $nginx = run_nginx(<<"CONF", { secret => 'client-secret', 'jwks.json' => jwks('p256') }, workers => 2);
    mcp_zone mcp 1m;
    mcp_keys_max_age 5s;
    server {
        listen 127.0.0.1:%%PORT%%;
        $locations
        location /odd  { mcp_resource https://mcp.example.com/odd;  mcp_audience $resource; mcp_authorization_server $base; mcp_jwks $base/odd; %%OK%% }
        location /file { mcp_resource https://mcp.example.com/file; mcp_audience $resource; mcp_authorization_server $base; mcp_jwks jwks.json; %%OK%% }
        mcp_introspection $base/introspect client_id=gateway client_secret_file=secret;
        location /opaque { mcp_resource https://mcp.example.com/opaque; mcp_audience $resource; mcp_authorization_server $base/opaque; mcp_discovery on; %%OK%% }
        location /void   { mcp_resource https://mcp.example.com/void;   mcp_audience $resource; mcp_authorization_server $base/void; mcp_discovery on; %%OK%% }
    }
CONF
sub token ($name, $key = 'p256') { return mint($key, claims(iss => $base . ($name && "/$name"), aud => $resource)) }
sub status ($path, $token) { return $nginx->get("/$path", token => $token)->status }

ok wait_for(10, sub { status($_, token($_)) == 200 }), "metadata with odd members: $_" for sort keys %members;
for my $name (sort keys %bad) {
    is status($name, token($name)), 503, "metadata that two readers could read differently: $name";
    ok wait_for(5, sub { $nginx->log =~ m{cannot fetch the keys of "\Q$base/$name\E": [^\n]*\Q$bad{$name}[1]\E} }), '... which the log names';
}
is hits('/evil'), 0, 'no key was asked for where it may not be';
sub accept_of ($path) { return TestNginx::Origin::header(($as->requests($path))[0], 'Accept') }
is accept_of('/jwks'), 'application/jwk-set+json, application/json', 'keys are asked for as such';
is accept_of('/.well-known/oauth-authorization-server/null'), 'application/json', 'and metadata as JSON';

# --- an issuer that publishes no keys

for my $name (qw(opaque void)) {
    is status($name, "an-opaque-token-$name"), 200, "$name: no jwks_uri: opaque tokens are asked about";
    is status($name, token($name)), 503, "$name: a JWT cannot be judged";
    is status($name, token($name)), 503, "$name: nor again" for 1 .. 3;
    sleep 0.3;
    is scalar(() = $nginx->log =~ m{\[error\][^\n]*cannot fetch the keys of "\Q$base/$name\E": the metadata has no jwks_uri[^\n]*leave "mcp_discovery" out}g), 1, "$name: the log says so once, and what to change";
    is scalar(() = $nginx->log =~ m{cannot fetch the keys of "\Q$base/$name\E"}g), 1, "$name: and nothing else";
}

# --- keys that are left out

is status('odd', token('')), 200, 'the other keys of a set with odd ones are good';
for my $line ('key 1 (kid "twin") is left out', 'key 3 (kid "odd") is left out: the type of the key is not supported', 'key 4 (kid "rsa") is left out: the algorithm of the key is not supported') {
    is scalar(() = $nginx->log =~ m{\[warn\][^\n]*keys of "\Q$base/odd\E": \Q$line}g), 1, "the log says of a URL: $line";
}
my $before = hits('/odd');
ok wait_for(12, sub { hits('/odd') > $before }), 'mcp_keys_max_age: keys are asked for again, whatever max-age says';
sleep 0.3;
is scalar(() = $nginx->log =~ /key 3 \(kid "odd"\)/g), 1, '... and the log says nothing again of the same document';
$as->answer('/odd', body => '{"keys":[]}', headers => [['Cache-Control', 'max-age=86400']]);
ok wait_for(15, sub { status('odd', token('')) == 401 }), 'and a key that is withdrawn is good no longer';
is scalar(() = $nginx->log =~ m{keys of "\Q$base/odd\E": it has withdrawn all of them}g), 1, '... as the log says, once';

# --- a file, however it is replaced

my $file = $nginx->dir . '/jwks.json';
is status('file', token('')), 200, 'a file';
my @times = (stat $file)[8, 9];
sub replace ($way, $key) {
    my $content = jwks(jwk($key, kid => 'same'));
    if ($way eq 'rename') {
        $nginx->write_file('new.json', $content);
        utime @times, $nginx->dir . '/new.json';
        rename $nginx->dir . '/new.json', $file or die "$file: $!\n";
    } else {
        $nginx->write_file('jwks.json', $content);
        utime @times, $file;
    }
    return wait_for(10, sub { $nginx->get('/file', token => mint($key, claims(iss => $base, aud => $resource), header => { kid => 'same' }))->status == 200 });
}
ok replace('rename', 'p256'),       'a file that is moved over it';
ok replace('rename', 'p256_other'), '... of the same size, with the same time';
ok replace('write',  'p256'),       'a file that is written in place, with the same size and the same time';
$nginx->write_file('jwks.json', '{"keys":[]}');
my $same = mint('p256', claims(iss => $base, aud => $resource), header => { kid => 'same' });
ok wait_for(10, sub { status('file', $same) == 401 && $nginx->log =~ /jwks\.json" was read again: it has no keys any more/ }), 'a file without keys withdraws them, and the log says so';

finish();
