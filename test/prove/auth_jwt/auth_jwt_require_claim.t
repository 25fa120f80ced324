# auth_jwt_require_claim name op value: every operator, its negation and aliases, every kind of value. One row is one rule.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $claims = <<~'JSON' =~ s/\s*\n\s*//gr;
    {"exp":9999999999,"sub":"alice","n":10,"real":10.0,"half":1.5,"neg":-3,"zero":0,"yes":true,"no":false,"nil":null,"empty":"",
    "ten":"10","roles":["admin","user"],"nums":[1,2,3],"none":[],"one":["admin"],"obj":{"a":1,"b":{"c":[true]}},"mixed":[1,"1",null,[2]],
    "utf":"Zoë","big":9223372036854775807,"scope":"mcp:read mcp:write"}
    JSON

# 200: the rule holds. 401: it does not.
my @rules = (
    'sub eq alice'                       => 200,
    'sub eq json="alice"'                => 200,
    'sub eq $alice'                      => 200,
    'sub eq Alice'                       => 401,
    'sub eq "alice "'                    => 401,
    'sub eq json=1'                      => 401,
    'sub !eq bob'                        => 200,
    'sub !eq alice'                      => 401,
    'sub ne bob'                         => 200,
    'sub ne alice'                       => 401,
    'sub eq "al$tail"'                   => 200,    # text with variables is text
    'sub eq "al$list"'                   => 401,
    'utf eq Zoë'                         => 200,
    'utf eq json="Zo\u00eb"'             => 200,
    'empty eq json=""'                   => 200,
    'n eq json=10'                       => 200,
    'n eq $ten'                          => 200,
    'n eq 10'                            => 401,    # a plain value is a string
    'ten eq 10'                          => 200,
    'ten eq json=10'                     => 401,
    'n eq json=10.0'                     => 401,    # an integer never equals a real
    'real eq json=10'                    => 401,
    'real eq json=10.0'                  => 200,
    'real eq json=1e1'                   => 200,
    'real !eq json=10'                   => 200,
    'big eq json=9223372036854775807'    => 200,
    'big eq json=9223372036854775806'    => 401,
    'yes eq json=true'                   => 200,
    'yes eq json=1'                      => 401,
    'yes eq true'                        => 401,
    'no eq json=false'                   => 200,
    'zero eq json=false'                 => 401,
    'nil eq json=null'                   => 200,
    'nums eq json=[1,2,3]'               => 200,
    'nums eq json=[3,2,1]'               => 401,
    'nums eq json=[1,2]'                 => 401,
    'nums eq json=[1,2,3.0]'             => 401,
    'none eq json=[]'                    => 200,
    q(obj eq 'json={"b":{"c":[true]},"a":1}')       => 200,
    q(obj eq 'json={"b":{"c":[true]},"a":1,"d":1}') => 401,
    q(obj eq 'json={"a":1}')             => 401,

    'n gt json=9'                        => 200,
    'n gt json=10'                       => 401,
    'n ge json=10'                       => 200,
    'n ge json=11'                       => 401,
    'n lt json=11'                       => 200,
    'n lt json=10'                       => 401,
    'n le json=10'                       => 200,
    'n le json=9'                        => 401,
    'n !gt json=10'                      => 200,
    'n !gt json=9'                       => 401,
    'n !lt json=10'                      => 200,
    'n !ge json=11'                      => 200,
    'n !le json=9'                       => 200,
    'neg lt json=0'                      => 200,
    'neg gt json=-4'                     => 200,
    'half gt json=1.25'                  => 200,
    'half lt json=1.75'                  => 200,
    'big gt json=9223372036854775806'    => 200,
    'exp gt $jwt_nowtime'                => 200,
    'exp lt $jwt_nowtime'                => 401,
    'sub gt aaa'                         => 200,    # strings compare by their bytes
    'sub lt aaa'                         => 401,
    'n gt json="9"'                      => 401,    # a number and a string do not compare
    'n lt json="9"'                      => 401,
    'sub gt json=1'                      => 401,
    'roles gt json=1'                    => 401,
    'nil lt json=1'                      => 401,
    'yes gt json=0'                      => 401,

    'sub in json=["bob","alice"]'        => 200,
    'sub in $list'                       => 200,
    'sub in json=["bob"]'                => 401,
    'sub in json=[]'                     => 401,
    'sub in $alice'                      => 401,    # a string is not an array
    'n in json=[9,10]'                   => 200,
    'n in json=[10.0,"10"]'              => 401,
    'sub !in json=["bob"]'               => 200,
    'sub !in json=["alice"]'             => 401,
    'sub nin json=["bob"]'               => 200,
    'sub nin json=["alice"]'             => 401,
    'nums in json=[[1,2,3]]'             => 200,
    'roles in json=["admin","user"]'     => 401,

    'roles any json=["admin","x"]'       => 200,
    'roles any json=["x"]'               => 401,
    'roles any json=[]'                  => 401,
    'roles any admin'                    => 200,    # a scalar counts as an array of one
    'roles any adm'                      => 401,
    'sub any json=["alice","bob"]'       => 200,
    'sub any alice'                      => 200,
    'sub any bob'                        => 401,
    'none any json=["admin"]'            => 401,
    'none any json=[]'                   => 401,
    'roles any $list'                    => 401,
    'nums any json=[3,4]'                => 200,
    'nums any json=[3.0,"3"]'            => 401,
    'nums any json=3'                    => 200,
    'mixed any json=[null]'              => 200,
    'mixed any json=[[2]]'               => 200,
    'roles intersect json=["user"]'      => 200,
    'roles intersect json=["x"]'         => 401,
    'roles !any json=["x"]'              => 200,
    'roles !any json=["admin"]'          => 401,
    'roles nintersect json=["x"]'        => 200,
    'roles nintersect json=["user"]'     => 401,

    'sub match "\Aali"'                  => 200,
    'sub match ice\z'                    => 200,
    'sub match ALICE'                    => 401,
    'sub match (?i)ALICE'                => 200,
    'sub !match bob'                     => 200,
    'sub !match ali'                     => 401,
    'scope match "(?:\A|\s)mcp:read(?:\s|\z)"' => 200,
    'scope match "(?:\A|\s)mcp(?:\s|\z)"'      => 401,
    'utf match "\AZo.\z"'                => 200,
    'n match 10'                         => 401,    # only strings match
    'roles match admin'                  => 401,

    # What is not there meets no rule, not even a negated one.
    map({ ("missing $_" => 401) } 'eq x', '!eq x', 'ne x', 'gt json=0', '!gt json=0', 'lt json=0', '!lt json=0', 'in json=["x"]',
        '!in json=["x"]', 'nin json=["x"]', 'any x', '!any x', 'nintersect x', 'match x', '!match x', 'eq json=null', '!eq json=null'),
    # Nor what is null, which means absent, but for a rule that names null itself.
    map({ ("nil $_" => 401) } 'eq x', '!eq x', 'ne x', '!gt json=0', '!in json=["x"]', 'nin json=["x"]', 'any x', '!any x', 'nintersect x', '!match x',
        '!eq json=null', '!eq json=["x"]', '!eq $ten'),
    'nil in json=[null]' => 200, 'nil any json=[null]' => 200,
    # Neither does a comparison that makes no sense.
    map({ ("sub $_" => 401) } '!gt json=1', '!lt json=1', '!in $alice', '!in $ten', 'match $ten', '!match $ten', 'gt $list', '!gt $list', '!eq $broken', 'eq $broken', 'any $broken', '!any $broken',
        '!in $broken', 'eq $nothing', '!eq $nothing', '!in $nothing'),
    'n !match x' => 401, 'n !gt json="9"' => 401,
);

my ($locations, @tests) = ('');
while (my ($rule, $status) = splice @rules, 0, 2) {
    $locations .= "location = /" . @tests . " { auth_jwt_require_claim $rule; %%OK%% }\n";
    push @tests, [$rule, $status];
}
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    map "" \$alice   { default '"alice"'; }
    map "" \$ten     { default 10; }
    map "" \$tail    { default ice; }
    map "" \$list    { default '["alice","carol"]'; }
    map "" \$broken  { default '["alice"'; }
    map "" \$nothing { default ""; }
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        auth_jwt_key_file jwks.json;
        $locations
        location /several { auth_jwt_require_claim sub eq alice; auth_jwt_require_claim n eq json=10; auth_jwt_require_claim roles any user; %%OK%% }
        location /one_of_several { auth_jwt_require_claim sub eq alice; auth_jwt_require_claim n eq json=11; %%OK%% }
        location /aud { auth_jwt_require_claim aud any json=["https://mcp.example.com/mcp"]; %%OK%% }
        location /log { auth_jwt_require_claim sub eq "a value that is not for the log"; %%OK%% }
    }
CONF
my $token = mint('p256', $claims);
for my $number (0 .. $#tests) {
    my ($rule, $status) = @{ $tests[$number] };
    is $nginx->get("/$number", token => $token)->status, $status, $rule . ($status == 200 ? ' holds' : ' does not hold');
}
is $nginx->get('/several', token => $token)->status, 200, 'several rules that all hold';
is $nginx->get('/one_of_several', token => $token)->status, 401, 'one of several rules does not hold';

$nginx->passes_after('/several', token => $token);
$nginx->refuses('a broken rule is logged once', path => '/one_of_several', token => $token, reason => qr/requirement_failed/);

# SPEC 75, 80: aud as a string and as an array; what does not name us is refused. null names nobody, and hides nobody.
my $us = 'https://mcp.example.com/mcp';
is $nginx->get('/aud', token => mint('p256', claims(aud => $_)))->status, 200, 'aud names us: ' . to_json($_)
    for $us, [$us], ['account', $us], [$us, undef], [undef, $us];
$nginx->refuses('aud does not name us: ' . to_json($_), path => '/aud', token => mint('p256', claims(aud => $_)))
    for [], '', 'https://mcp.example.com/mcp/', 'https://mcp.example.com', 'HTTPS://mcp.example.com/mcp', "$us $us", "$us,x", [[$us]], { $us => 1 },
    [1, $us], [$us, 5], ["$us/"], 'http://mcp.example.com/mcp', [''], [undef], ['account', undef];
$nginx->refuses('aud is absent', path => '/aud', token => mint('p256'));

my $mark = $nginx->log_mark;
$nginx->get('/log', token => mint('p256', claims(sub => 'somebody private')));
unlike $nginx->log($mark), qr/somebody private|not for the log/, 'SPEC 22: neither the claim nor the expected value is logged';

finish();
