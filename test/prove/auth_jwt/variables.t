# $jwt_claim_NAME, $jwt_header_NAME, $jwt_claims, $jwt_nowtime, auth_jwt_claim_set, auth_jwt_header_set.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my @variables = qw(
    claim_sub claim_none claim_aud claim_with_underscore claim_int claim_real claim_yes claim_no claim_null
    claim_object claim_empty claim_list claim_utf8 header_alg header_kid header_none header_list claims nowtime
);
my @set  = qw(plain nested deep array_in missing element through_list all_null);
my @show = (map { "add_header X-$_ \$jwt_$_ always;" } @variables), (map { "add_header X-set-$_ \$set_$_ always;" } @set, 'header', 'header_nested');
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    auth_jwt_claim_set \$set_plain sub;
    auth_jwt_claim_set \$set_nested info e-mail;
    auth_jwt_claim_set \$set_deep info "job title" name.with.dots x;
    auth_jwt_claim_set \$set_array_in info roles;
    auth_jwt_claim_set \$set_missing info none;
    auth_jwt_claim_set \$set_element info roles 0;
    auth_jwt_claim_set \$set_through_list aud x;
    auth_jwt_claim_set \$set_all_null null;
    auth_jwt_header_set \$set_header kid;
    auth_jwt_header_set \$set_header_nested meta version;
    server {
        listen 127.0.0.1:%%PORT%%;
        @{[join "\n", @show, map { "add_header X-set-$_ \$set_$_ always;" } @set, 'header', 'header_nested']}
        location / { auth_jwt "site"; auth_jwt_key_file jwks.json; }
        location /free { auth_jwt off; %%OK%% }
    }
CONF
my $claims = <<~'JSON' =~ s/\s*\n\s*//gr;
    {"sub":"alice","aud":["one","two",3],"exp":9999999999,"with_underscore":"u","int":-12,"real":1.5,"yes":true,"no":false,
    "null":null,"object":{"b":1,"a":[2]},"empty":"","list":["a",{"x":1},[2,3],null,true,"b,c"],"utf8":"Zoë",
    "info":{"e-mail":"a@example.com","job title":{"name.with.dots":{"x":"deep"}},"roles":["r1","r2"]}}
    JSON
my $token = mint('p256', $claims, header => { list => [1, 'two'], meta => { version => 2 } });
my $response = $nginx->get('/ok', token => $token);
is $response->status, 200, 'a token with all kinds of claims passes';

sub shows ($name, $value, $what) { return is $response->header("X-$name") // '', $value, $what }

shows('claim_sub',   'alice',          'a string is shown as it is');
shows('claim_aud',   'one,two,3',      'the elements of an array are joined by commas');
shows('claim_with_underscore', 'u',    'a name may have underscores');
shows('claim_int',   '-12',            'an integer');
shows('claim_real',  '1.5',            'a real');
shows('claim_yes',   'true',           'true');
shows('claim_no',    'false',          'false');
shows('claim_none',  '',               'a claim that is not there is empty');
shows('claim_empty', '',               'an empty claim is empty');
is_deeply from_json($response->header('X-claim_object') || '{}'), { b => 1, a => [2] }, 'an object is JSON';
shows('claim_utf8',  "Zo\xC3\xAB",     'UTF-8 passes');
like $response->header('X-claim_list') // '', qr/\Aa,.*\bb,c\z/, 'what is not a scalar inside an array is JSON';
shows('header_alg',  'ES256',          'a header parameter');
shows('header_kid',  'p256',           'another one');
shows('header_none', '',               'one that is not there');
shows('header_list', '1,two',          'one that is an array');
is_deeply from_json($response->header('X-claims') || '{}'), from_json($claims), '$jwt_claims is all of them, as JSON';
cmp_ok abs($response->header('X-nowtime') - time), '<', 10 * $TestNginx::patience, '$jwt_nowtime is the time in seconds';

shows('set-plain',    'alice',         'auth_jwt_claim_set: one name');
shows('set-nested',   'a@example.com', 'two names are a path');
shows('set-deep',     'deep',          'names may hold spaces and dots');
shows('set-array_in', 'r1,r2',         'an array at the end is joined');
shows('set-missing',  '',              'a path that leads nowhere is empty');
shows('set-through_list', '',          'so is one through an array');
shows('set-all_null', shown_null(),    'null is the same in both ways');
shows('set-header',   'p256',          'auth_jwt_header_set: one name');
shows('set-header_nested', '2',        'and a path');

sub shown_null () { return $response->header('X-claim_null') // '' }

for (['no token'], ['an expired token', token => mint('p256', $claims =~ s/9999999999/1/r)],
    ['a forged token', token => mint('p256_other', $claims, header => { kid => 'p256' })]) {
    my ($name, @request) = @$_;
    for my $path (qw(/ok /free)) {
        my %headers = map { @$_ } @{ $nginx->get($path, @request)->{headers} };
        is join(',', grep { /^X-/ && !/nowtime/ } sort keys %headers), '', "$path: $name leaves all variables empty";
    }
}
my %headers = map { @$_ } @{ $nginx->get('/free', token => $token)->{headers} };
is join(',', grep { /^X-/ && !/nowtime/ } sort keys %headers), '', 'where auth_jwt is off, a good token was not looked at';
like $headers{'X-nowtime'}, qr/\A\d+\z/, '$jwt_nowtime needs no token';

finish();
