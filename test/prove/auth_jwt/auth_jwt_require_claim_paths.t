# Where auth_jwt_require_claim and _header look: a name, a jq-like path, and delimiters with auth_jwt_allow_nested.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $claims = <<~'JSON' =~ s/\s*\n\s*//gr;
    {"exp":9999999999,"sub":"alice","a":{"b":{"c":"deep"},"list":["x",{"k":"in list"}],"":"empty"},"roles":["admin","user"],
    "grid":[[1,2],[3,4]],"dotted.key":"dot","a.b":"flat","realm_access":{"roles":["mcp"]},"https://example.com/claim":"uri",
    "quo\"te":"quoted","0":"zero","sp ace":"space","x":{"y.z":{"w":"mixed"}},"back\\slash":"bs"}
    JSON
my @rules = (
    'sub eq alice'                              => 200,
    '.sub eq alice'                             => 200,
    '.a.b.c eq deep'                            => 200,
    '.a.b.c eq flat'                            => 401,
    '.a.b.x eq deep'                            => 401,
    '.a.b.c.d eq deep'                          => 401,
    '.roles[0] eq admin'                        => 200,
    '.roles[1] eq user'                         => 200,
    '.roles[2] eq user'                         => 401,
    '.grid[1][0] eq json=3'                     => 200,
    '.grid[1][2] eq json=3'                     => 401,
    '.grid[0] eq json=[1,2]'                    => 200,
    '.a.list[1].k eq "in list"'                 => 200,
    '.sub[0] eq a'                              => 401,
    '.roles.length eq json=2'                   => 401,
    q('."dotted.key"' eq dot)                   => 200,
    q('.dotted.key' eq dot)                     => 401,
    q('."a.b"' eq flat)                         => 200,
    q('["a.b"]' eq flat)                        => 200,
    q('.a["list"][0]' eq x)                     => 200,
    q('.a."list"[0]' eq x)                      => 200,
    q('.x."y.z".w' eq mixed)                    => 200,
    q('."https://example.com/claim"' eq uri)    => 200,
    q('."sp ace"' eq space)                     => 200,
    'dotted.key eq dot'                         => 200,    # without auth_jwt_allow_nested a name is a name
    'a.b eq flat'                               => 200,
    'a.b.c eq deep'                             => 401,
    'realm_access.roles any mcp'                => 401,
    '.realm_access.roles any mcp'               => 200,
    'https://example.com/claim eq uri'          => 200,
);
my @nested = (
    'a.b.c eq deep'                             => 200,
    'a.b eq flat'                               => 401,
    q('"a.b"' eq flat)                          => 200,
    q('"dotted.key"' eq dot)                    => 200,
    'dotted.key eq dot'                         => 401,
    'realm_access.roles any mcp'                => 200,
    q('x."y.z".w' eq mixed)                     => 200,
    '.roles[0] eq admin'                        => 200,
    'sub eq alice'                              => 200,
);
my @other = (
    'a/b/c eq deep'                             => 200,
    'a.b eq flat'                               => 200,
    q('|https://example.com/claim|' eq uri)     => 200,
    'realm_access/roles any mcp'                => 200,
);

my @tests;
sub locations ($prefix, @rules) {
    my $text = '';
    while (my ($rule, $status) = splice @rules, 0, 2) {
        push @tests, ["$prefix/" . @tests, $rule, $status];
        $text .= "location = $tests[-1][0] { auth_jwt_require_claim $rule; %%OK%% }\n";
    }
    return $text;
}
my ($plain, $nested, $other) = (locations('/plain', @rules), locations('/nested', @nested), locations('/other', @other));
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    auth_jwt_claim_set \$dotted a.b.c;
    auth_jwt "site";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        add_header X-Dotted "<\$dotted>";
        $plain
        location = /header       { auth_jwt_require_header .meta.version eq 2.0; %%OK%% }
        location = /header_typ   { auth_jwt_require_header typ match "(?i)\\A(application/)?at\\+jwt\\z"; %%OK%% }
        location = /header_alg   { auth_jwt_require_header alg in json=["ES256","RS256"]; %%OK%% }
        location = /header_other { auth_jwt_require_header alg eq RS256; %%OK%% }
    }
    server { listen 127.0.0.1:%%PORT_NESTED%%; auth_jwt_allow_nested; add_header X-Dotted "<\$dotted>"; $nested }
    server { listen 127.0.0.1:%%PORT_OTHER%%; auth_jwt_allow_nested delimiter=/ quote=|; $other }
CONF
my $token = mint('p256', $claims, header => { meta => { version => '2.0' } });
for (@tests) {
    my ($path, $rule, $status) = @$_;
    my $port = $path =~ m{/nested} ? 'PORT_NESTED' : $path =~ m{/other} ? 'PORT_OTHER' : 'PORT';
    is $nginx->get($path, port => $port, token => $token)->status, $status, "$path: $rule" . ($status == 200 ? ' holds' : ' does not hold');
}

my %server = map { /nested/ ? (PORT_NESTED => $_) : /plain/ ? (PORT => $_) : () } map { $_->[2] == 200 ? $_->[0] : () } @tests;
is $nginx->get($server{PORT}, token => $token)->header('X-Dotted'), '<>', 'auth_jwt_claim_set: a name is a name';
is $nginx->get($server{PORT_NESTED}, port => 'PORT_NESTED', token => $token)->header('X-Dotted'), '<deep>',
    'auth_jwt_claim_set: and a path with auth_jwt_allow_nested';
is $nginx->get('/header', token => $token)->status, 200, 'auth_jwt_require_header: a path';
is $nginx->get('/header', token => mint('p256'))->status, 401, 'auth_jwt_require_header: a path that is not there';
is $nginx->get('/header_alg', token => $token)->status, 200, 'auth_jwt_require_header: a rule on alg';
is $nginx->get('/header_other', token => $token)->status, 401, 'auth_jwt_require_header: a rule on alg that does not hold';
is $nginx->get('/header_typ', token => mint('p256', claims(), header => { typ => $_ }))->status, 200, "SPEC 79: a rule on typ: $_"
    for qw(at+jwt application/at+jwt AT+JWT);
is $nginx->get('/header_typ', token => mint('p256', claims(), header => { typ => $_ }))->status, 401, "SPEC 79: a rule on typ: not " . ($_ // 'absent')
    for 'JWT', 'xat+jwt', undef;

finish();
