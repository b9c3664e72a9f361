// A small file of each format, with something of everything that the format has.

const ULID = '01JDEAAAAAAAAAAAAAAAAAAAAA';

export const OUR_NUMBER = `chn_${ULID}`;

export const MT940 = [
  'ABNANL2A',
  ':20:STARTUMS',
  ':25:12345678/1020304050',
  ':28C:00001/001',
  ':60F:C241230EUR100,00',
  ':61:2412310102CR20,5NTRFCUST1//BANK1',
  'supplement',
  `:86:166?00GUTSCHRIFT?20EREF+${OUR_NUMBER.slice(0, 12)}`,
  `${OUR_NUMBER.slice(12)}?21SVWZ+Grüße?32MUELLER?33 GMBH`,
  ':61:250102RC5,00NMSCNONREF',
  ':86:/EREF/E2E-7/NAME/JOHN DOE/REMI/text',
  ':62F:C250102EUR115,50',
  '-',
  ':20:SECOND',
  ':25:99',
  ':60M:D250102JPY7,',
  ':61:250103D3,NCHG',
  ':62M:D250103JPY10,',
  '-}',
  '',
].join('\r\n');

export const BAI2 = [
  '01,SENDER,RECEIVER,241231,0200,1,80,,2/',
  '02,RECEIVER,BANK,1,241231,,EUR,/',
  '03,0123456789,,010,10000,,,015,11500,,/',
  '88,100,2000,1,S,2000,0,0,400,500,1,D,2,0,300,1,200/',
  '16,195,2000,V,250102,,BANKREF,CUSTREF,INCOMING, WIRE',
  `88,EREF: ${OUR_NUMBER}`,
  '88,DBNM: Jürgen',
  '16,475,500,,,,CHECK/',
  '49,26500,7/',
  '98,26500,1,9/',
  '99,26500,1,11/',
  '',
].join('\n');

export const CAMT053 = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<c:Document xmlns:c="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><c:BkToCstmrStmt>
<c:GrpHdr><c:MsgId>M1</c:MsgId></c:GrpHdr>
<c:Stmt><c:Id>S1</c:Id><c:Acct><c:Id><c:IBAN>NL26VAYB8060476890</c:IBAN></c:Id><c:Ccy>EUR</c:Ccy></c:Acct>
<c:Bal><c:Tp><c:CdOrPrtry><c:Cd>OPBD</c:Cd></c:CdOrPrtry></c:Tp><c:Amt Ccy="EUR">1.00</c:Amt><c:CdtDbtInd>DBIT</c:CdtDbtInd><c:Dt><c:Dt>2024-12-30</c:Dt></c:Dt></c:Bal>
<c:Bal><c:Tp><c:CdOrPrtry><c:Cd>CLBD</c:Cd></c:CdOrPrtry></c:Tp><c:Amt Ccy="EUR">29.00</c:Amt><c:CdtDbtInd>CRDT</c:CdtDbtInd><c:Dt><c:Dt>2024-12-31</c:Dt></c:Dt></c:Bal>
<c:Ntry><c:Amt Ccy="EUR">30</c:Amt><c:CdtDbtInd>CRDT</c:CdtDbtInd><c:Sts><c:Cd>BOOK</c:Cd></c:Sts>
<c:BookgDt><c:DtTm>2024-12-31T13:15:00+01:00</c:DtTm></c:BookgDt><c:ValDt><c:Dt>2025-01-02</c:Dt></c:ValDt><c:AcctSvcrRef>REF1</c:AcctSvcrRef>
<c:NtryDtls><c:TxDtls><c:Refs><c:EndToEndId>${OUR_NUMBER}</c:EndToEndId></c:Refs><c:Amt Ccy="EUR">10.00</c:Amt><c:CdtDbtInd>CRDT</c:CdtDbtInd><c:RltdPties><c:Dbtr><c:Pty><c:Nm>A &amp; B</c:Nm></c:Pty></c:Dbtr></c:RltdPties></c:TxDtls>
<c:TxDtls><c:Refs><c:EndToEndId>NOTPROVIDED</c:EndToEndId></c:Refs><c:Amt Ccy="EUR">20.00</c:Amt><c:RmtInf><c:Ustrd>Grüße</c:Ustrd><c:Ustrd><![CDATA[a < b]]></c:Ustrd></c:RmtInf></c:TxDtls></c:NtryDtls></c:Ntry>
<c:Ntry><c:Amt Ccy="EUR">5.00</c:Amt><c:CdtDbtInd>DBIT</c:CdtDbtInd><c:Sts><c:Cd>PDNG</c:Cd></c:Sts></c:Ntry>
</c:Stmt></c:BkToCstmrStmt></c:Document>
`;

export const BILL = [
  'trade_number,number,type,amount,currency,fee,original,booked_at',
  `SIM1,${OUR_NUMBER},pay,1250,CZK,13,,2026-11-24T10:11:12.345Z`,
  `SIM2,"r,1",refund,250,CZK,0,${OUR_NUMBER},2026-11-24T23:59:59Z`,
  'SIM3,"quote "" and\r\nnew line é",payout,7,JPY,,,2026-11-24',
  '',
].join('\r\n');
