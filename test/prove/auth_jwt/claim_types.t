# What a registered claim may be (RFC 7519 section 4.1) decides before it is compared: an array is no issuer, whatever it
# holds. null means absent.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    map "" $issuers { default '["https://as.example.com","https://b.example.com"]'; }
    auth_jwt "site";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /iss/any      { auth_jwt_require_claim iss any $issuers; %%OK%% }
        location /iss/one      { auth_jwt_require_claim iss any json="https://as.example.com"; %%OK%% }
        location /iss/eq       { auth_jwt_require_claim iss eq https://as.example.com; %%OK%% }
        location /iss/array    { auth_jwt_require_claim iss eq json=["https://as.example.com"]; %%OK%% }
        location /iss/ne       { auth_jwt_require_claim iss !eq https://evil.example.com; %%OK%% }
        location /iss/path     { auth_jwt_require_claim .iss any $issuers; %%OK%% }
        location /iss/element  { auth_jwt_require_claim .iss[0] eq https://as.example.com; %%OK%% }
        location /iss/nested   { auth_jwt_allow_nested; auth_jwt_require_claim iss any $issuers; %%OK%% }
        location /sub          { auth_jwt_require_claim sub any json=["alice",17]; %%OK%% }
        location /jti          { auth_jwt_require_claim jti any json=["a",17]; %%OK%% }
        location /client_id    { auth_jwt_require_claim client_id any json=["a"]; %%OK%% }
        location /aud          { auth_jwt_require_claim aud any https://us; %%OK%% }
        location /aud/ne       { auth_jwt_require_claim aud !any https://us; %%OK%% }
        location /own          { auth_jwt_require_claim roles any json=["admin"]; auth_jwt_require_claim nil eq json=null; %%OK%% }
        location /none         { %%OK%% }
    }
CONF
my $issuer = 'https://as.example.com';
$nginx->passes_after('/iss/any', token => mint('p256', claims(iss => $issuer)));

sub token ($name, $value) { return token => mint('p256', to_json(claims()) =~ s/"\Q$name\E":(?:"[^"]*"|[^",}]*),?//r =~ s/,\}\z/}/r =~ s/\A\{/{"$name":$value,/r) }

for my $path (qw(any one eq array ne path element nested)) {
    for my $value (qq(["$issuer"]), qq(["$issuer","https://evil.example.com"]), '[]', qq({"$issuer":1}), '17', 'true') {
        $nginx->refuses("/iss/$path: $value is no issuer", path => "/iss/$path", token('iss', $value), reason => qr/it has a type that this claim may not have/);
    }
    $nginx->refuses("/iss/$path: null means absent", path => "/iss/$path", token('iss', 'null'), reason => qr/the token does not have it/);
}
is $nginx->get("/iss/$_", token('iss', qq("$issuer")))->status, 200, "/iss/$_: a string is one" for qw(any one eq ne path nested);
is $nginx->get('/iss/any', token('iss', '"https://AS.example.com"'))->status, 401, 'compared exactly';

my %others = (
    '/sub'       => [sub => ['"alice"', '17'], ['["alice"]', '["alice","bob"]', '{"alice":1}', 'true']],
    '/jti'       => [jti => ['"a"', '17'], ['["a"]', '{"a":1}']],
    '/client_id' => [client_id => ['"a"'], ['["a"]', '17']],
    '/aud'       => [aud => ['"https://us"', '["https://us"]', '["x","https://us"]'], ['["https://us",1]', '[["https://us"]]', '{"https://us":1}', '1']],
    '/aud/ne'    => [aud => ['"https://other"', '["x"]', '[]'], ['["x",1]', '{"x":1}', '1']],
);
for my $path (sort keys %others) {
    my ($name, $good, $bad) = @{ $others{$path} };
    is $nginx->get($path, token($name, $_))->status, 200, "$path: $_" for @$good;
    $nginx->refuses("$path: not $_", path => $path, token($name, $_), reason => qr/claim "$name", .*: it has a type that this claim may not have/) for @$bad;
    $nginx->refuses("$path: null means absent", path => $path, token($name, 'null'), reason => qr/the token does not have it/);
}
is $nginx->get('/own', token => mint('p256', to_json(claims(roles => ['admin'])) =~ s/\A\{/{"nil":null,/r))->status, 200, 'of other claims nothing is known, so that they may be anything';
is $nginx->get('/none', token('iss', '["x"]'))->status, 200, 'what nobody compares is not looked at';

finish();
