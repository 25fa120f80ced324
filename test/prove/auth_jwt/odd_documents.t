# What real authorization servers write: null for what they do not have, one odd key among good ones, numbers beyond 64 bits.
# It spoils nothing that nobody looks at; and what somebody does look at is never taken for something else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
sub key ($name, $more = '') { return to_json(jwk($name)) =~ s/\}\z/$more}/r }
sub set (@keys) { return '{"keys":[' . join(',', @keys) . ']}' }
my $nulls = set(to_json(jwk('p256', kid => undef)) =~ s/\}\z/,"kid":null,"use":null,"key_ops":null,"alg":null}/r);
my %odd = (
    'a member twice'               => [key('rsa', ',"kty":"RSA"'),            'an object has two members of one name'],
    'a member twice, once escaped' => [key('rsa', ',"k\u0074y":"oct"'),       'an object has two members of one name'],
    'a number beyond 64 bits'      => [key('rsa', ',"x":18446744073709551616'), 'a number is beyond 64 bits'],
    'half a surrogate pair'        => [key('rsa', ',"name":"\ud800"'),        'a string has half of a surrogate pair'],
    'a use of the wrong type'      => [to_json(jwk('rsa', use => ['sig'])),   'a member of the key is missing, has the wrong type or is not base64url'],
);
my @names = sort keys %odd;
my $many  = set(map { to_json(jwk($_, kid => undef)) } ('p256_other') x 8, 'p256');
my %files = ('nulls.json' => $nulls, 'empty.json' => set(to_json(jwk('rsa', alg => ''))), 'good.json' => jwks('p256'), 'many.json' => $many);
$files{"odd$_.json"} = set($odd{ $names[$_] }[0], key('p256')) for 0 .. $#names;
my $odd_locations = join "\n", map { "location /odd$_ { auth_jwt_key_file odd$_.json; %%OK%% }" } 0 .. $#names;
my $port = $as->port;
$as->answer('/jwks', body => set($odd{'a member twice'}[0], key('p256')));
my $nginx = run_nginx(<<"CONF", \%files);
    auth_jwt_claim_set \$big big;
    auth_jwt_claim_set \$inside deep list;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        location /nulls { auth_jwt_key_file nulls.json; %%OK%% }
        location /empty { auth_jwt_key_file empty.json; %%OK%% }
        location /many  { auth_jwt_key_file many.json; %%OK%% }
        location /fetched { auth_jwt_key_request /_as; %%OK%% }
        location = /_as { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/jwks; }
        $odd_locations
        location / {
            auth_jwt_key_file good.json;
            location /ok      { %%OK%% }
            location /shown   { add_header X-Big "\$big"; add_header X-Inside "\$inside"; add_header X-Claims "\$jwt_claims"; %%OK%% }
            location /eq      { auth_jwt_require_claim big eq json=0.0; %%OK%% }
            location /not_eq  { auth_jwt_require_claim big !eq json=0.0; %%OK%% }
            location /less    { auth_jwt_require_claim big lt json=1; %%OK%% }
            location /not_any { auth_jwt_require_claim list !any json=[1]; %%OK%% }
            location /sub     { auth_jwt_require_claim sub !eq alice; %%OK%% }
            location /iss     { auth_jwt_require_claim iss !eq https://other; %%OK%% }
            location /aud     { auth_jwt_require_claim aud any json=["https://mcp.example.com/mcp"]; %%OK%% }
        }
    }
CONF
$nginx->passes_after('/ok', token => mint('p256'));

is $nginx->get('/nulls', token => mint('p256'))->status, 200, 'kid, use, key_ops and alg of a key may be null';
is $nginx->get('/empty', token => mint('rsa'))->status, 200, 'its alg may be empty';
is $nginx->get('/ok', token => mint('p256', claims(), header => '{"alg":"ES256","kid":null,"typ":null}'))->status, 200, 'so may kid and typ of a token';
is $nginx->get('/ok', token => mint('p256', '{"exp":9999999999,"nbf":null,"iat":null,"iss":null,"aud":null,"cnf":null}'))->status, 200, 'and its claims';

for my $i (0 .. $#names) {
    my ($key, $reason) = $odd{ $names[$i] }->@*;
    is $nginx->get("/odd$i", token => mint('p256'))->status, 200, "$names[$i]: the other key counts";
    $nginx->refuses("$names[$i]: it verifies nothing", path => "/odd$i", token => mint('rsa'), reason => qr/key_not_found: .*: kid is "rsa", alg is "RS256"; key 1 \(kid "rsa"\) is left out: \Q$reason\E/);
}
is $nginx->get('/fetched', token => mint('p256'))->status, 200, 'also among keys that were asked for';

my @candidates = (path => '/many', reason => qr/too_many_candidate_keys: .*; 8 were tried, and no more are: let each key have a kid of its own/);
$nginx->refuses('a ninth key without kid is not tried, and the reason says so', token => mint('p256'), @candidates);
is $nginx->get('/many', token => mint('p256_other'))->status, 200, 'the first eight are';

my $big = '18446744073709551616';
sub odd (%claims) { return mint('p256', '{"exp":9999999999' . join('', map { qq(,"$_":$claims{$_}) } sort keys %claims) . '}') }
is $nginx->get('/ok', token => odd(big => $big, deep => '{"x":[-1e400]}'))->status, 200, 'a number beyond 64 bits passes where nobody looks';
my $shown = $nginx->get('/shown', token => odd(big => $big, deep => '{"list":[1e400,"a"]}'));
is $shown->header('X-Big'), $big, 'where it is handed on, it has the digits that came';
is $shown->header('X-Inside'), '1e400,a', 'also inside of another claim';
is $shown->header('X-Claims'), qq({"exp":9999999999,"big":$big,"deep":{"list":[1e400,"a"]}}), 'and among all claims';
$nginx->refuses("it is compared with nothing: $_", path => $_, token => odd(big => $big, list => '[1e400]'),
    reason => qr/requirement_failed: .*it has a number beyond 64 bits, which cannot be compared/) for qw(/eq /not_eq /less /not_any);
$nginx->refuses("$_ of it is of the wrong type", path => "/$_", token => odd($_ => $big), reason => qr/requirement_failed: .*type that this claim may not have/) for qw(sub iss aud);
$nginx->refuses("$_ of it is no time", token => odd($_ => $big), reason => qr/time_claim_invalid: .*: $_ is $big, and must be a number of seconds/) for qw(nbf iat);

finish();
