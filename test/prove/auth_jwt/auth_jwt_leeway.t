# auth_jwt_leeway: exp and nbf, both at once. Margins are wide, so that a slow machine does not matter.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    auth_jwt "site";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /none { %%OK%% }
        location /hour { auth_jwt_leeway 1h; %%OK%% }
        location /zero { auth_jwt_leeway 0s; %%OK%% }
        location /rule { auth_jwt_leeway 1h; auth_jwt_require_claim exp gt json=0; auth_jwt_require_claim nbf gt json=0; %%OK%% }
    }
CONF

# --- rules on exp and nbf: against constants, so that no clock matters ----------------------------------------------------

# The leeway is 1000 s. `met` and `not_met` are neighbours: the last second that passes, and the first that does not.
my ($exp, $nbf) = (5_000_000_000, 1_000_000_000);
my @boundaries = (
    # claim operator met not_met
    ['exp',   'gt',  $exp + 999,   $exp + 1000],
    ['exp',   'ge',  $exp + 1000,  $exp + 1001],
    ['exp',   '!le', $exp + 999,   $exp + 1000],
    ['exp',   '!lt', $exp + 1000,  $exp + 1001],
    ['.exp',  'gt',  $exp + 999,   $exp + 1000],
    ['nbf',   'le',  $nbf - 1000,  $nbf - 1001],
    ['nbf',   'lt',  $nbf - 999,   $nbf - 1000],
    ['nbf',   '!gt', $nbf - 1000,  $nbf - 1001],
    ['nbf',   '!ge', $nbf - 999,   $nbf - 1000],
    ['.nbf',  'le',  $nbf - 1000,  $nbf - 1001],
    # no leeway: the other bound, other operators, other claims, the same name elsewhere
    ['exp',   'lt',  $exp + 1,     $exp],
    ['exp',   'le',  $exp,         $exp - 1],
    ['exp',   'eq',  $exp,         $exp + 1],
    ['exp',   'any', $exp,         $exp + 1],
    ['exp',   'in',  "[$exp]",     '[' . ($exp + 1) . ']'],
    ['exp',   'ne',  $exp + 1,     $exp],
    ['nbf',   'gt',  $nbf - 1,     $nbf],
    ['nbf',   'ge',  $nbf,         $nbf + 1],
    ['nbf',   'eq',  $nbf,         $nbf - 1],
    ['iat',   'gt',  $nbf - 1,     $nbf],
    ['iat',   'lt',  $nbf + 1,     $nbf],
    ['level', 'gt',  2,            3],
    ['.in.exp', 'gt', 2,           3],
    ['.in.nbf', 'lt', 4,           3],
);
my $locations = '';
for my $number (0 .. $#boundaries) {
    my ($claim, $operator, @values) = @{ $boundaries[$number] };
    $locations .= "location = /boundary/$number/$_ { auth_jwt_leeway 1000s; auth_jwt_require_claim $claim $operator json=$values[$_]; %%OK%% }\n" for 0, 1;
}
my $rules = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    map "" \$later { default @{[$exp + 999]}; }
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        auth_jwt_key_file jwks.json;
        $locations
        location /variable { auth_jwt_leeway 1000s; auth_jwt_require_claim exp gt \$later; %%OK%% }
        location /outer { auth_jwt_require_claim exp gt json=@{[$exp + 999]}; %%OK%%
                          location /outer/inner { auth_jwt_leeway 1000s; %%OK%% } }
        location /nested { auth_jwt_leeway 1000s; auth_jwt_allow_nested; auth_jwt_require_claim in.exp gt json=3; %%OK%% }
        location /header { auth_jwt_leeway 1000s; auth_jwt_require_header exp gt json=3; %%OK%% }
    }
CONF
my $far = mint('p256', claims(exp => $exp, nbf => $nbf, iat => $nbf, level => 3, in => { exp => 3, nbf => 3 }), header => { exp => 3 });
for my $number (0 .. $#boundaries) {
    my ($claim, $operator, $met, $not_met) = @{ $boundaries[$number] };
    is $rules->get("/boundary/$number/1", token => $far)->status, 401, "$claim $operator $not_met does not hold";
    is $rules->get("/boundary/$number/0", token => $far)->status, 200, "$claim $operator $met holds";
}
is $rules->get('/variable', token => $far)->status, 200, 'a variable is compared as a constant is';
is $rules->get('/outer', token => $far)->status, 401, 'an inherited rule: no leeway where it stands';
is $rules->get('/outer/inner', token => $far)->status, 200, 'an inherited rule: the leeway of the location decides';
is $rules->get('/nested', token => $far)->status, 401, 'a member of another object is not the claim';
is $rules->get('/header', token => $far)->status, 401, 'nor is a parameter of the header';

# --- the built-in check ------------------------------------------------------------------------------------------------------

my $now = time;
$nginx->passes_after('/hour', token => mint('p256'));

my %within = (expired => { exp => $now - 1800, nbf => $now - 3000 }, 'not yet valid' => { nbf => $now + 1800 });
for my $name (sort keys %within) {
    my $token = mint('p256', claims(%{ $within{$name} }));
    my $reason = $name =~ s/ /_/gr;
    is $nginx->get($_, token => $token)->status, 200, "$_: half an hour $name passes with a leeway of an hour" for qw(/hour /rule);
    $nginx->refuses("$_: half an hour $name is refused without", path => $_, token => $token, reason => qr/\b$reason/) for qw(/none /zero);
}
my $reason = qr/\bexpired|not_yet_valid/;
$nginx->refuses("$_: two hours expired is refused", path => $_, token => mint('p256', claims(exp => $now - 7200, nbf => 1)), reason => $reason)
    for qw(/hour /rule);
$nginx->refuses("$_: two hours early is refused", path => $_, token => mint('p256', claims(nbf => $now + 7200)), reason => $reason)
    for qw(/hour /rule);
$nginx->refuses('exp at exactly now minus the leeway is expired', path => '/hour', token => mint('p256', claims(exp => $now - 3600)), reason => $reason);
$nginx->refuses('leeway does not make up for a missing exp', path => '/hour', token => mint('p256', claims(exp => undef)), reason => qr/expiration_missing/);

finish();
