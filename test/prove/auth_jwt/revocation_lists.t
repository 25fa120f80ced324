# auth_jwt_revocation_list_sub and _kid: a listed value gets 401; the kid list makes kid mandatory.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my %files = (
    'jwks.json'  => jwks(qw(p256 rsa)),
    'nameless.json' => jwks(jwk('p256', kid => undef), 'rsa'),
    'keyval.json' => keyval(qw(p256 rsa)),
    'subs.json'  => '{"mallory":{"reason":"left"},"Zo\u00eb":1,"with\u0000nul":null,"":false}',
    'more.json'  => '{"eve":1}',
    'kids.json'  => '{"rsa":1}',
    'empty.json' => '{}',
);
my $nginx = run_nginx(<<'CONF', \%files);
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT_NAMELESS%%;
        location /file    { auth_jwt_key_file nameless.json; auth_jwt_revocation_list_kid kids.json; %%OK%% }
        location /request { auth_jwt_key_request /_jwks; auth_jwt_key_cache 1m; auth_jwt_revocation_list_kid kids.json; %%OK%% }
        location /unlisted { auth_jwt_key_file nameless.json; %%OK%% }
        location /keyval  { auth_jwt_key_file keyval.json keyval; auth_jwt_revocation_list_kid kids.json; %%OK%% }
        location = /_jwks { internal; auth_jwt off; types { } default_type application/json; alias %%TESTDIR%%/nameless.json; }
    }
    server {
        auth_jwt_key_file jwks.json;
        listen 127.0.0.1:%%PORT%%;
        location /sub   { %%OK%% auth_jwt_revocation_list_sub subs.json; location /sub/more { auth_jwt_revocation_list_sub more.json; %%OK%% } location /sub/inner { %%OK%% } }
        location /kid   { auth_jwt_revocation_list_kid kids.json; %%OK%% }
        location /empty { auth_jwt_revocation_list_sub empty.json; auth_jwt_revocation_list_kid empty.json; %%OK%% }
        location /none  { %%OK%% }
    }
CONF
$nginx->passes_after('/sub', token => mint('p256'));

sub subject ($sub) { return token => mint('p256', claims(sub => $sub)) }

my $revoked = qr/subject_revoked/;
$nginx->refuses('SPEC 14: a listed subject is refused', path => '/sub', subject('mallory'), reason => $revoked);
$nginx->refuses('as it is after JSON has been read', path => '/sub', token => mint('p256', '{"exp":9999999999,"sub":"Zo\u00eb"}'), reason => $revoked);
$nginx->refuses('whatever bytes it has', path => '/sub', subject("with\0nul"), reason => $revoked);
$nginx->refuses('an empty one, when that is listed', path => '/sub', subject(''), reason => $revoked);
$nginx->refuses('a nested location inherits', path => '/sub/inner', subject('mallory'), reason => $revoked);
$nginx->refuses('a listed key is refused', path => '/kid', token => mint('rsa'), reason => qr/key_revoked/);
$nginx->refuses("a list of keys makes kid mandatory", path => $_, token => mint('p256', claims(), header => { kid => undef }),
    reason => qr/kid_missing/) for qw(/kid /empty);

# RFC 7519 section 4.1.2: a subject is one string. Nobody can list what is none.
$nginx->refuses('a subject that is no string is on every list: ' . to_json($_), path => '/sub', subject($_), reason => $revoked)
    for ['mallory'], ['alice', 'mallory'], { mallory => 1 }, [];
is $nginx->get('/sub', subject($_))->status, 200, 'some servers send numbers' for 17;

# A token chooses its kid: one that is on no list must not be verified by a key that has no name, which may be the listed one.
my $only = qr/key_not_found: .*auth_jwt_revocation_list_kid is in force, so keys without the kid of the token are left out/;
$nginx->{good} = undef;
for my $path (qw(/file /request)) {
    for my $kid ('p256', 'made-up') {
        my $mark = $nginx->log_mark;
        is $nginx->get($path, port => 'PORT_NAMELESS', token => mint('p256', claims(), header => { kid => $kid }))->status, 401,
            "$path: with a list of kids in force a key without kid verifies nothing: $kid";
        like join("\n", $nginx->log_lines($mark)), $only, "$path: the log says so: $kid";
    }
    is $nginx->get($path, port => 'PORT_NAMELESS', token => mint('rsa', claims(), header => { kid => 'rsa' }))->status, 401, "$path: a listed key is refused";
}
is $nginx->get('/unlisted', port => 'PORT_NAMELESS', token => mint('p256', claims(), header => { kid => 'made-up' }))->status, 200, 'without a list it verifies';
is $nginx->get('/keyval', port => 'PORT_NAMELESS', token => mint('p256'))->status, 200, 'a key in a keyval file has the name that stands there';
is $nginx->get('/keyval', port => 'PORT_NAMELESS', token => mint('p256', claims(), header => { kid => 'made-up' }))->status, 401, 'and no other';
$nginx->passes_after('/sub', token => mint('p256'));

is $nginx->get('/sub', subject($_))->status, 200, "'$_' is not listed" for 'Mallory', 'mallory ', 'reason', 'eve', "with";
is $nginx->get('/sub', token => mint('p256', claims(sub => undef)))->status, 200, 'a token without sub is on no list';
is $nginx->get('/kid', token => mint('p256'))->status, 200, 'a key that is not listed passes';
is $nginx->get('/none', token => mint('rsa'), subject('mallory'))->status, 200, 'other locations know nothing of the lists';
is $nginx->get('/sub/more', subject('eve'))->status, 401, 'a nested list counts';
is $nginx->get('/sub/more', subject('mallory'))->status, 401, 'beside the inherited one';

$nginx->write_file('subs.json', '{"alice":1}');
$nginx->reload;
is $nginx->get('/sub', subject('alice'))->status, 401, 'a reload reads the lists anew: newly listed';
is $nginx->get('/sub', subject('mallory'))->status, 200, 'a reload reads the lists anew: no longer listed';

finish();
